import { Writable } from 'node:stream';
import { ConfigurationError, type Logger, setupLogging } from 'infinium-o2';
import pino from 'pino';
import winston from 'winston';
import { sequential, task } from '../support/client';
import { useServer } from '../support/use';

// They look inside of it, so it must be the modules that are put together when it is built.
jest.mock('infinium-o2', () => jest.requireActual('../../lib/index'));
const { emit, emitForClient } = require('../../lib/bridge/logging');

/** A sink that needs its `this`, as pino's does. */
class Sink {
  lines: string[] = [];
  debug(line: string) {
    this.lines.push(`debug ${line}`);
  }
  info(line: string) {
    this.lines.push(`info ${line}`);
  }
  warn(line: string) {
    this.lines.push(`warn ${line}`);
  }
  error(line: string) {
    this.lines.push(`error ${line}`);
  }
}

function stderr() {
  return jest.spyOn(process.stderr, 'write').mockImplementation(() => true);
}

afterEach(() => {
  jest.restoreAllMocks();
  setupLogging(true, 'WARN');
});

describe('before setupLogging', () => {
  it('writes warnings to stderr, and nothing less', () => {
    jest.isolateModules(() => {
      const write = stderr();
      const fresh = require('../../lib/bridge/logging');
      fresh.emit('INFO', 'quiet');
      fresh.emit('WARN', 'loud');
      expect(write.mock.calls).toEqual([['[infinium] WARN loud\n']]);
    });
  });
});

describe('setupLogging', () => {
  it('returns a logger that writes from its level on', () => {
    const sink = new Sink();
    const logger = setupLogging(true, 'WARN', sink);
    logger.debug('a');
    logger.info('b');
    logger.warn('c');
    logger.error('d');
    expect(sink.lines).toEqual(['warn c', 'error d']);
  });

  it('writes from INFO on to stderr when nothing is given', () => {
    const write = stderr();
    const logger = setupLogging();
    logger.debug('a');
    logger.info('b');
    expect(write.mock.calls).toEqual([['[infinium] INFO b\n']]);
  });

  it('lets the lines of clients through whatever its level', () => {
    const sink = new Sink();
    setupLogging(true, 'ERROR', sink);
    emitForClient('DEBUG', 'of a client');
    emit('WARN', 'of nobody');
    expect(sink.lines).toEqual(['debug of a client']);
  });

  it('silences everything when disabled', () => {
    const sink = new Sink();
    const logger = setupLogging(false, 'DEBUG', sink);
    logger.error('a');
    emit('ERROR', 'b');
    emitForClient('ERROR', 'c');
    expect(sink.lines).toEqual([]);
  });

  it('leaves an earlier logger what it was set up with', () => {
    const [first, second] = [new Sink(), new Sink()];
    const logger = setupLogging(true, 'DEBUG', first);
    setupLogging(true, 'ERROR', second);
    logger.debug('mine');
    expect(first.lines).toEqual(['debug mine']);
    expect(second.lines).toEqual([]);
  });

  it('keeps a message on one line, without control characters', () => {
    const sink = new Sink();
    setupLogging(true, 'INFO', sink).info('a\r\nb\u2028c\u001b[31md\te\u007f\u009b');
    expect(sink.lines).toEqual(['info a\\r\\nb\\u2028c\\u001b[31md\te\\u007f\\u009b']);
  });

  describe('with a logger for JSON, names the source and gives numbers as fields', () => {
    const server = useServer();

    /** Sends a task with this sink. Returns the first line that has a status. */
    async function lineWithStatus(sink: Logger, lines: string[]): Promise<unknown> {
      setupLogging(true, 'INFO', sink);
      const client = sequential(server.url, { enableLogging: true });
      await client.sendTaskData(task());
      await client.close();
      return lines.map((line) => JSON.parse(line)).find(({ status }) => status !== undefined);
    }

    const expected = { component: 'infinium', status: 200, durationMs: expect.any(Number) };

    it('pino', async () => {
      const lines: string[] = [];
      const sink = pino({}, { write: (line) => void lines.push(line) });
      expect(await lineWithStatus(sink, lines)).toMatchObject({
        ...expected,
        msg: expect.stringMatching(/^POST .* -> 200 in \d+ ms$/),
      });
    });

    it('winston', async () => {
      const lines: string[] = [];
      const stream = new Writable({
        write(line, _encoding, done) {
          lines.push(String(line));
          done();
        },
      });
      const sink = winston.createLogger({
        transports: [new winston.transports.Stream({ stream })],
      });
      expect(await lineWithStatus(sink, lines)).toMatchObject({
        ...expected,
        message: expect.stringMatching(/^POST .* -> 200 in \d+ ms$/),
      });
    });
  });

  it('ignores a sink that throws or rejects', async () => {
    const throwing = () => {
      throw new Error('full');
    };
    const sink = { debug: throwing, info: throwing, warn: throwing, error: async () => throwing() };
    const logger = setupLogging(true, 'DEBUG', sink);
    expect(() => logger.info('a')).not.toThrow();
    logger.error('b');
    // An unhandled rejection would end the test run by now.
    await new Promise((resolve) => setImmediate(resolve));
  });

  it.each([
    ['enabled', ['yes']],
    ['level', [true, 'info']],
    ['sink', [true, 'INFO', { info() {} }]],
    ['sink', [true, 'INFO', 'stderr']],
  ])('throws a ConfigurationError that names %s when it is wrong', (configKey, args) => {
    const call = () => (setupLogging as (...args: unknown[]) => unknown)(...args);
    expect(call).toThrow(ConfigurationError);
    expect(call).toThrow(expect.objectContaining({ configKey }));
  });
});
