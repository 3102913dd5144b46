import { InfiniumClient } from 'infinium-o2';
import { withoutWarnings } from '../silence';
import { type Check, failed, ok, warning } from './check';

const INSTALL =
  'Install infinium-o2 on this machine, with its optional dependencies (docs/deployment.md, Platforms).';

/** Whether clients run on the addon. */
export function checkRuntime(): Check {
  const id = 'addon';
  try {
    const { result: client, warnings } = withoutWarnings(makeAnyClient);
    if (client.runtime === 'native') {
      return ok(
        id,
        `loaded, for ${process.platform} ${process.arch} and Node.js ${process.version}`,
      );
    }
    if (process.env.INFINIUM_BACKEND === 'wasm') {
      const text = 'clients run on WebAssembly, because INFINIUM_BACKEND is wasm';
      return warning(id, text, 'Unset INFINIUM_BACKEND.');
    }
    // The first client of a process says why.
    const [, reason = 'no reason is known'] = warnings.join().split('Reason: ');
    const text = `clients run on WebAssembly, which is slower and has no spool: ${reason}`;
    return warning(id, text, `${INSTALL} INFINIUM_REQUIRE_NATIVE=1 shows what was tried.`);
  } catch (error) {
    return failed(id, (error as Error).message, INSTALL);
  }
}

/** A client whose options are right, whatever the environment has. */
function makeAnyClient(): InfiniumClient {
  return new InfiniumClient({
    enabled: false,
    agentId: 'infinium-o2-doctor',
    agentSecret: 'not-a-secret',
    baseUrl: 'http://127.0.0.1',
    exitTimeout: 0,
  });
}
