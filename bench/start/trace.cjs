'use strict';

/** The first trace that each program sends. */
module.exports = {
  name: 'bench-trace first',
  description: 'Two sentences for the board',
  currentDatetime: '2026-11-23T09:30:00.000Z',
  duration: 2.25,
};
