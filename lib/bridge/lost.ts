/**
 * Reports tasks that the end of the process takes with it. There is no later: a warning of the process would be printed
 * by an event loop that runs no more.
 *
 * @param stats those of the native client, as JSON
 */
export function reportLost(stats: string): void {
  const { pending } = JSON.parse(stats) as { pending: number };
  if (pending === 0) return;
  const lost = pending === 1 ? '1 task is lost' : `${pending} tasks are lost`;
  process.stderr?.write(
    `[infinium] ERROR ${lost}: the platform did not confirm ${pending === 1 ? 'it' : 'them'} before the process ended. ` +
      'Find out why with npx infinium-o2 doctor; spoolDir keeps such tasks on disk\n',
  );
}
