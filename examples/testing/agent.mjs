// The agent that agent.test.mjs tests. It is given its client, so that tests can give it another.
import { traceTool } from 'infinium-o2';

const heights = new Map([['Mont Blanc', 4806]]);

const lookUp = traceTool('look_up', (/** @type {string} */ name) => {
  const height = heights.get(name);
  if (height === undefined) throw new RangeError(`nothing is known about ${name}`);
  return height;
});

/** @param {import('infinium-o2').InfiniumClient} client */
export function makeGuide(client) {
  return client.trace('guide', async (/** @type {string} */ name) => {
    const height = lookUp(name);
    return `${name} is ${height} m high.`;
  });
}
