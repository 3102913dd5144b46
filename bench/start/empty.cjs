'use strict';
process.stdout.write('{}\n');
