import type { CallFacts } from './call-facts';
import { read } from './read';

/** Headers in which providers name a request. */
const REQUEST_ID_HEADERS = [
  'x-request-id',
  'request-id',
  'apim-request-id',
  'mistral-correlation-id',
  'x-debug-trace-id',
];

/** @returns what the error of a provider's client tells of the answer, besides its message */
export function errorFacts(error: unknown): CallFacts {
  return {
    httpStatus: statusOf(error),
    requestId:
      read(error, 'requestID') ??
      read(error, 'request_id') ??
      read(read(error, '$metadata'), 'requestId') ??
      requestIdIn(read(error, 'headers')) ??
      requestIdIn(read(error, 'responseHeaders')) ??
      requestIdIn(read(read(error, 'rawResponse'), 'headers')),
  };
}

/** @returns the HTTP status of an error, wherever the client of its provider puts it */
export function statusOf(error: unknown): number | undefined {
  const status =
    read(error, 'status') ??
    read(error, 'statusCode') ??
    read(error, 'status_code') ??
    read(read(error, '$metadata'), 'httpStatusCode');
  return Number.isInteger(status) ? status : undefined;
}

function requestIdIn(headers: any): string | undefined {
  // Older clients have an object in place of `Headers`.
  const find = (name: string) => headers?.get?.(name) ?? headers?.[name];
  try {
    return REQUEST_ID_HEADERS.map(find).find((id) => id);
  } catch {
    return undefined;
  }
}
