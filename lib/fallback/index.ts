/** The shape of the native addon, for places where none loads. */
import { version } from '../../package.json';

export { Batch as NativeBatch } from './batch';
export { FallbackClient as NativeClient } from './client';
export { Abortable, DroppedFor, EventKind, LogLevel } from './enums';
export { compile } from './module';
export { hideSecrets } from './secrets';
export const VERSION: string = version;
