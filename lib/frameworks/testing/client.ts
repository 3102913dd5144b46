import type { ClientConfig, TaskData } from '../../../index';
import { createHandle, kHandle } from '../../bridge/handle';
import { misconfigured } from '../../bridge/invalid';
import { kLogs } from '../../bridge/logging';
import { kSettings } from '../../bridge/settings';
import { InfiniumClient } from '../../client/client';
import { readConfig } from '../../client/config';
import { NativeClient } from '../../fallback';
import { recorder } from './recorder';

/** What a client in a test needs no user to say. None of it leaves the process. */
const DEFAULTS = {
  agentId: 'test-agent',
  agentSecret: 'test-secret',
  enabled: true,
  quiet: true,
  enableRateLimiting: false,
  exitTimeout: 0,
};
/** No request goes there, and no name server knows it. */
const BASE_URL = 'https://platform.invalid';

export interface TestClient {
  client: InfiniumClient;
  traces: TaskData[];
  clear(): void;
}

/**
 * Makes a client that keeps what it would send. It is a complete client on WebAssembly, so that its tasks are checked,
 * completed and redacted as usual; only the requests are not made.
 *
 * @throws {ConfigurationError} an option is wrong
 */
export function createTestClient(config?: ClientConfig | null): TestClient {
  const traces: TaskData[] = [];
  if (typeof config !== 'object' && config !== undefined) {
    misconfigured('config', `must be an object (got ${typeof config})`);
  }
  const { handle, settings } = readConfig({ ...DEFAULTS, ...config });
  const { spool_dir: _spool, ...options } = JSON.parse(handle.options);
  const setup = {
    ...handle,
    options: JSON.stringify({ ...options, base_url: BASE_URL }),
    spools: false,
  };
  const transport = recorder((task) => traces.push(task));
  const client = Object.create(InfiniumClient.prototype, {
    [kHandle]: {
      value: createHandle(
        setup,
        (json, more, receive) => new NativeClient(json, more, receive, transport),
      ),
    },
    [kLogs]: { value: handle.logLevel !== undefined },
    [kSettings]: { value: settings },
  });
  return {
    client,
    traces,
    clear() {
      traces.length = 0;
    },
  };
}
