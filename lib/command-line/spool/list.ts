import { formatBytes, formatDuration, plural, print, printJson } from '../output';
import type { AgentHolding, Holding } from './census';

interface ListSetup {
  directory: string;
  agents: AgentHolding[];
  /** The directory of the agent of this environment; undefined if there is none. */
  own: string | undefined;
  json: boolean;
}

/** Shows what is in a spool. */
export function list({ directory, agents, own, json }: ListSetup): void {
  if (json) {
    printJson({
      directory,
      agents: agents.map((agent) => ({ ...agent, own: agent.name === own })),
    });
    return;
  }
  const isEmpty = agents.every(({ clients, corrupt }) => clients.length + corrupt.files === 0);
  if (isEmpty) {
    // A wrong directory looks the same as a spool whose tasks have all been sent.
    print(`No tasks wait in ${directory}.\n`);
    return;
  }
  for (const agent of agents) {
    const { name, clients, corrupt } = agent;
    if (clients.length + corrupt.files === 0) continue;
    print(`${name}  ${describeOwner(agent, own)}\n`);
    for (const client of clients) print(`  ${client.name}  ${describeTasks(client)}\n`);
    if (corrupt.files > 0) {
      const bytes = formatBytes(corrupt.bytes);
      print(`  ${'corrupt'.padEnd(32)}  ${plural(corrupt.files, 'file')} set aside, ${bytes}\n`);
    }
  }
}

function describeOwner({ name }: AgentHolding, own: string | undefined): string {
  if (own === undefined) return '(set INFINIUM_AGENT_ID to see whether this is of your agent)';
  return name === own ? '(the agent of this environment)' : '(another agent or base URL)';
}

function describeTasks({ files, bytes, oldest }: Holding): string {
  // The clock may have been set back.
  const age = formatDuration(Math.max(0, Date.now() - (oldest as number)));
  return `${plural(files, 'task')}, ${formatBytes(bytes)}, the oldest ${age} old`;
}
