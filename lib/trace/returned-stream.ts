import { Readable } from 'node:stream';
import { enter, leave } from './context';
import { followAsyncIterator } from './generator';
import type { Running } from './running';

/**
 * Follows a stream that a traced function has returned, so that its trace lasts until the stream ends.
 *
 * @returns what the caller gets: the same object where that is possible, otherwise one like it; undefined if the value
 *   is no stream
 */
export function followReturnedStream(value: any, running: Running): unknown {
  if (value instanceof Readable) return followReadable(value, running);
  if (typeof value?.getReader === 'function') return followWebStream(value, running);
  if (typeof value?.body?.getReader === 'function' && typeof value.status === 'number') {
    return followResponse(value, running);
  }
  if (typeof value?.[Symbol.asyncIterator] === 'function') return followIterable(value, running);
  return undefined;
}

/** A stream of Node.js. Its data is not read here: it would be missing elsewhere. */
function followReadable(stream: Readable, running: Running): Readable {
  const { push } = stream;
  stream.push = function (chunk: any, encoding?: BufferEncoding) {
    if (chunk !== null) running.yielded(toText(chunk));
    return push.call(this, chunk, encoding);
  };
  stream.once('end', () => running.finish());
  stream.once('close', () => running.finish());
  // A stream without another listener must still fail as before.
  const { emit } = stream;
  stream.emit = function (this: Readable, event: string, ...values: any[]) {
    if (event === 'error') running.fail(values[0]);
    return emit.call(this, event, ...values);
  } as typeof stream.emit;
  return stream;
}

/** Web streams read each other by internal methods, so the caller gets another stream. */
function followWebStream(stream: ReadableStream, running: Running): ReadableStream {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const outer = enter(running.frame);
          let reading: Promise<{ done: boolean; value?: any }>;
          try {
            reading = reader.read();
          } finally {
            leave(outer);
          }
          const { done, value } = await reading;
          if (done) {
            running.finish();
            controller.close();
            return;
          }
          running.yielded(toText(value, decoder));
          controller.enqueue(value);
        } catch (error) {
          running.fail(error);
          controller.error(error);
        }
      },
      cancel(reason) {
        running.finish();
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

function followResponse(response: Response, running: Running): Response {
  const { status, statusText, headers, url, redirected, type } = response;
  const body = followWebStream(response.body as ReadableStream, running);
  const followed = new Response(body, { status, statusText, headers });
  const own = { url, redirected, type };
  for (const [name, value] of Object.entries(own)) Object.defineProperty(followed, name, { value });
  return followed;
}

/** Any other object with asynchronous values, such as the stream of a provider. */
function followIterable(iterable: any, running: Running): unknown {
  const iterate = iterable[Symbol.asyncIterator];
  Object.defineProperty(iterable, Symbol.asyncIterator, {
    value: function (this: unknown) {
      return followAsyncIterator(iterate.call(this), running);
    },
    configurable: true,
    writable: true,
  });
  return iterable;
}

function toText(chunk: unknown, decoder = new TextDecoder()): unknown {
  return chunk instanceof Uint8Array ? decoder.decode(chunk, { stream: true }) : chunk;
}
