import { onePerProcess } from '../../bridge/one-per-process';

/** The client that traces go to where none was given. `infinium-o2/register` makes it. */
const holder = onePerProcess('default-client', () => ({}) as { client?: object });

export function defaultClient(): object | undefined {
  return holder.client;
}

export function setDefaultClient(client: object): void {
  holder.client = client;
}
