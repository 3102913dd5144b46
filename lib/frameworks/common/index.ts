// What integrations are made of. In the package it is one file, which all of them share.
export type { Content } from './content';
export { defaultClient, setDefaultClient } from './default-client';
export { locateBy } from './locate';
export { ModelCall } from './model-call';
export { type Ending, Operation, type OperationOptions, StepOperation } from './operation';
export {
  type IntegrationOptions,
  Recorder,
  type RunOptions,
  readCaptureContent,
  readClient,
  refuseClient,
} from './recorder';
export { toTraceSettings } from './run-settings';
