import { isNativeError } from 'node:util/types';
import type { ErrorDetail } from '../../index';
import { MAX_ERROR_MESSAGE, MAX_ERROR_STACK } from '../bridge/limits';
import { withCauses } from './causes';
import { copy } from './copy';
import { hideInText } from './hide-text';
import { read, toText } from './read';
import { truncate } from './text';

/**
 * Describes an error or any other thrown value. An ErrorDetail is used as it is. It never throws.
 *
 * @param headroom multiplies the usual limits, for texts that are redacted before they are cut. Default 1.
 */
export function toErrorDetail(error: unknown, headroom = 1): ErrorDetail {
  const cut = (text: string, max: number) =>
    truncate(hideInText(text.slice(0, 4 * max * headroom)), max * headroom);
  if (typeof error !== 'object' || error === null) {
    const message = cut(toText(error), MAX_ERROR_MESSAGE);
    return { errorType: error === null ? 'null' : typeof error, message };
  }
  const stack = read(error, 'stackTrace') ?? read(error, 'stack');
  const message = read(error, 'message');
  const texts = {
    message: cut(
      withCauses(typeof message === 'string' ? message : toText(error), error),
      MAX_ERROR_MESSAGE,
    ),
    stackTrace: typeof stack === 'string' ? cut(stack, MAX_ERROR_STACK) : undefined,
  };
  const type = read(error, 'errorType');
  if (typeof type === 'string') {
    const [recoverable, retryCount] = [read(error, 'recoverable'), read(error, 'retryCount')];
    return {
      errorType: hideInText(type),
      recoverable,
      retryCount,
      errorCode: withoutSecrets(read(error, 'errorCode')),
      ...texts,
    };
  }
  const code = read(error, 'code');
  return {
    errorType: hideInText(nameOf(error)),
    errorCode:
      typeof code === 'string' || typeof code === 'number' ? hideInText(String(code)) : undefined,
    ...texts,
  };
}

function withoutSecrets<T>(value: T): T {
  return typeof value === 'string' ? (hideInText(value) as T) : value;
}

/** Many error classes do not set `name` and inherit `Error`. The class name is more specific. */
function nameOf(error: object): string {
  const names = [read(error, 'name'), read(read(error, 'constructor'), 'name')];
  const isText = (name: unknown) => typeof name === 'string' && name !== '';
  return names.find((name) => isText(name) && name !== 'Error' && name !== 'Object') ?? 'Error';
}

/** Reads an error that the user passed. An ErrorDetail also keeps its unknown fields. It never throws. */
export function readErrorDetail(error: unknown, headroom = 1): ErrorDetail {
  const detail = toErrorDetail(error, headroom);
  if (typeof error !== 'object' || error === null || isNativeError(error)) return detail;
  if (typeof read(error, 'message') !== 'string') return detail;
  return { ...copy(error), ...detail };
}
