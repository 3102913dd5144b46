// What each of these programs calls when a page or a form wants it to.
import { InfiniumClient } from 'infinium-o2';

const client = new InfiniumClient({ agentId: 'an-agent', agentSecret: 'a-secret-of-tests' });

/**
 * Sends a task, and traces a function.
 *
 * @param {string} name
 */
export async function report(name) {
  await client.sendTask({ name, description: 'About', duration: 1 });
  const traced = client.trace(`${name}, traced`, async () => client.runtime);
  return `sent ${await traced()}`;
}
