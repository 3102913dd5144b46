import * as sdk from 'agents-19';
import { testFailures } from './failure-cases.mjs';
import { testRuns } from './run-cases.mjs';
import { setup } from './setup.mjs';

const context = setup(sdk);
testRuns(sdk, context);
testFailures(sdk, context);
