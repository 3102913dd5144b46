import { InfiniumClient } from 'infinium-o2';
import { type Check, failed, ok, warning } from './check';

const INSTALL =
  'Install infinium-o2 on this machine, with its optional dependencies (no --omit=optional): docs/deployment.md, Platforms.';

/** Whether clients run on the addon. */
export function checkRuntime(): Check {
  const id = 'addon';
  const { emitWarning } = process;
  let reason: string | undefined;
  // The first client says why there is no addon.
  process.emitWarning = (text: unknown) => {
    reason = String(text).split('Reason: ')[1];
  };
  try {
    const { runtime } = new InfiniumClient({ enabled: false, exitTimeout: 0 });
    if (runtime === 'native') {
      return ok(
        id,
        `loaded, for ${process.platform} ${process.arch} and Node.js ${process.version}`,
      );
    }
  } catch (error) {
    return failed(id, firstLine(error), INSTALL);
  } finally {
    process.emitWarning = emitWarning;
  }
  if (process.env.INFINIUM_BACKEND === 'wasm') {
    const text = 'clients run on WebAssembly, because INFINIUM_BACKEND is wasm';
    return warning(id, text, 'Unset INFINIUM_BACKEND.');
  }
  return warning(
    id,
    `clients run on WebAssembly: slower, and without a spool: ${reason ?? 'no reason is known'}`,
    INSTALL,
  );
}

function firstLine(error: unknown): string {
  return (error as Error).message.split('\n', 1)[0] as string;
}
