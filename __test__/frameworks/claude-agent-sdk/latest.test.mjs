import * as sdk from '@anthropic-ai/claude-agent-sdk';
import { testEndings } from './ending-cases.mjs';
import { testQueries } from './query-cases.mjs';
import { setup } from './setup.mjs';

const context = setup(sdk);
testQueries(context);
testEndings(sdk, context);
