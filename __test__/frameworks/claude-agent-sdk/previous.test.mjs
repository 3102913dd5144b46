import * as sdk from 'claude-agent-sdk-2';
import { testEndings } from './ending-cases.mjs';
import { testQueries } from './query-cases.mjs';
import { setup } from './setup.mjs';

const context = setup(sdk);
testQueries(context);
testEndings(sdk, context);
