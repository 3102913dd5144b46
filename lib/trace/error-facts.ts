import type { CallFacts } from './call-facts';
import { read } from './read';

/** Headers in which providers name a request. */
const REQUEST_ID_HEADERS = ['x-request-id', 'request-id', 'apim-request-id'];

/** @returns what the error of a provider's client tells of the answer, besides its message */
export function errorFacts(error: unknown): CallFacts {
  const status = read(error, 'status') ?? read(error, 'statusCode');
  return {
    httpStatus: Number.isInteger(status) ? status : undefined,
    requestId: read(error, 'requestID') ?? read(error, 'request_id') ?? requestIdOf(error),
  };
}

function requestIdOf(error: unknown): string | undefined {
  const headers = read(error, 'headers');
  try {
    return REQUEST_ID_HEADERS.map((name) => headers?.get?.(name)).find((id) => id);
  } catch {
    return undefined;
  }
}
