// The version before accepts the handler wherever callbacks go. Only its types are checked.
import type { Callbacks } from '@langchain/core/callbacks/manager';
import type { BaseChatModel } from '@langchain/core/language_models/chat_models';
import type { RunnableConfig } from '@langchain/core/runnables';
import { InfiniumCallbackHandler } from 'infinium-o2/langchain';

const handler = new InfiniumCallbackHandler();
export const callbacks: Callbacks = [handler];
export const config: RunnableConfig = { callbacks: [new InfiniumCallbackHandler(null, {})] };
export const fields: ConstructorParameters<typeof BaseChatModel>[0] = { callbacks: [handler] };
