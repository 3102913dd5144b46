// Each version of the SDK accepts what infiniumTelemetry() makes. Only its types are checked.
import { generateText, registerTelemetry } from 'ai';
import { generateText as generateText5 } from 'ai-5';
import { generateText as generateText6 } from 'ai-6';
import { InfiniumClient } from 'infinium-o2';
import { infiniumTelemetry } from 'infinium-o2/ai-sdk';

const client = new InfiniumClient();
registerTelemetry(infiniumTelemetry({ client }));
registerTelemetry(infiniumTelemetry());
const prompt = 'a question';
const model = 'a-provider/a-model';
const telemetry = { integrations: infiniumTelemetry({ client, captureContent: true }) };
const experimental_telemetry = { isEnabled: true, tracer: infiniumTelemetry().tracer };
await generateText({ model, prompt, telemetry });
await generateText5({ model, prompt, experimental_telemetry });
await generateText6({ model, prompt, experimental_telemetry });
