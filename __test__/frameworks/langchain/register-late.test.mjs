// The same, when `install` is called after LangChain was loaded.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, it } from 'node:test';
import { install } from 'infinium-o2/langchain';
import { answer, startPlatform, tree, versions } from './support.mjs';

const { setDefaultClient } = createRequire(import.meta.url)('../../../dist/frameworks.js');
const platform = await startPlatform();
after(() => platform.stop());
setDefaultClient(platform.client);

for (const [version, { Fake }] of Object.entries(versions)) {
  it(`records runs of ${version} from then on`, async () => {
    await new Fake([answer('ok')]).invoke('hi');
    assert.equal(install(), undefined);
    await new Fake([answer('ok')]).invoke('hi');
    const traces = await platform.take();
    assert.deepEqual(traces.slice(-1).map(tree), [['Fake', '  2 llm_call fake/fake-1']]);
    assert.ok(traces.length <= 2);
  });
}
