// An answer that comes before the request was sent completely, from a server that then closes the connection.
import { createSecureServer, constants as http2 } from 'node:http2';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { closeClients, failure, sequential, task } from '../support/client';
import { http } from '../support/raw';
import { createIdentity } from '../support/tls';

afterEach(closeClients);

const identity = createIdentity(['127.0.0.1']);
const body = JSON.stringify({ message: 'the platform says so' });

/** Answers at the first bytes of a request and reads no more. */
const atOnce = (status: number, close: (socket: Socket) => void) => (socket: Socket) => {
  socket.on('error', () => {});
  socket.once('data', () => {
    socket.pause();
    const headers = {
      'content-type': 'application/json',
      'content-length': body.length,
      // Otherwise the next request may be on its way when the connection ends.
      connection: 'close',
    };
    socket.write(http(`${status} Early`, headers, body), () => close(socket));
  });
};

function overHttp2(status: number): Server {
  const server = createSecureServer(identity);
  server.on('stream', (stream) => {
    stream.on('error', () => {});
    stream.respond({ ':status': status, 'content-type': 'application/json' });
    stream.end(body);
    stream.close(http2.NGHTTP2_NO_ERROR);
    stream.session?.close();
  });
  server.on('sessionError', () => {});
  return server;
}

const reset = (socket: Socket) => socket.resetAndDestroy();
// The system resets it, too, if something was not read.
const end = (socket: Socket) => socket.destroySoon();

const servers: [string, string, (status: number) => Server][] = [
  ['HTTP that resets', 'http', (status) => createServer(atOnce(status, reset))],
  ['HTTP that ends', 'http', (status) => createServer(atOnce(status, end))],
  ['HTTPS', 'https', (status) => createTlsServer(identity, atOnce(status, end))],
  ['HTTP/2', 'https', overHttp2],
];

const answers: [number, string][] = [
  [401, 'AuthenticationError'],
  [413, 'PayloadTooLargeError'],
  [429, 'RateLimitError'],
  [503, 'ServerError'],
];

let server: Server | undefined;
const open = new Set<Socket>();
afterEach(async () => {
  for (const socket of open) socket.destroy();
  open.clear();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
});

// Other systems may forget what they have received when a connection is reset. There, only the tests in Rust hold.
const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux.each(servers)('a server of %s', (_how, scheme, create) => {
  it.each(answers)('is heard when it says %i at once', async (status, name) => {
    const created = create(status);
    server = created;
    created.on('connection', (socket: Socket) => open.add(socket));
    await new Promise<void>((resolve) => created.listen(0, '127.0.0.1', resolve));
    const { port } = created.address() as AddressInfo;
    const client = sequential(`${scheme}://127.0.0.1:${port}/api/v1`, {
      caCertificates: identity.ca,
      maxRetries: 0,
    });
    for (const size of [10, 900_000, 10, 900_000, 300_000]) {
      const sent = client.sendTaskData(task({ outputSummary: 'x'.repeat(size) }));
      expect(await failure(sent)).toMatchObject({ name, statusCode: status });
    }
  });
});
