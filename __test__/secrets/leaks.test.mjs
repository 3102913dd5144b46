// Traces functions that get and return real objects of many packages, with a planted secret in each. None may leave.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { S3Client } from '@aws-sdk/client-s3';
import { drive } from '@googleapis/drive';
import { serve } from '@hono/node-server';
import axios from 'axios';
import express from 'express';
import fastify from 'fastify';
import { OAuth2Client } from 'google-auth-library';
import got from 'got';
import { Hono } from 'hono';
import { Redis } from 'ioredis';
import Koa from 'koa';
import { MongoClient } from 'mongodb';
import mysql from 'mysql2';
import nodeFetch from 'node-fetch';
import nodemailer from 'nodemailer';
import pg from 'pg';
import { createClient } from 'redis';
import Stripe from 'stripe';
import superagent from 'superagent';
import * as undici from 'undici';
import infinium from '../../dist/index.js';

/** Part of every secret. */
const PLANTED = 'PLANTED7c9e';
const HEADERS = {
  authorization: `Bearer ${PLANTED}`,
  cookie: `sid=${PLANTED}; theme=dark`,
  'x-api-key': PLANTED,
  'proxy-authorization': `Basic ${Buffer.from(`u:${PLANTED}`).toString('base64')}`,
};
const QUERY = `?page=2&token=${PLANTED}&X-Amz-Signature=${PLANTED}`;
const BASE64 = Buffer.from(`u:${PLANTED}`).toString('base64').slice(3, 14);

const client = new infinium.InfiniumClient({
  agentId: 'agent-1',
  agentSecret: 'secret-0123',
  baseUrl: 'http://127.0.0.1:9',
  exitTimeout: 0,
  quiet: true,
});

/** Traces a function. Returns it, and the JSON of its last trace. */
function traced(fn) {
  const last = {};
  const onTrace = (task) => {
    last.json = JSON.stringify(task);
  };
  return { run: client.trace('Work', { onTrace, autoSend: false }, fn), last };
}

function assertSafe(json, what) {
  assert.ok(json, `${what} was traced`);
  for (const secret of [PLANTED, BASE64]) {
    const at = json.indexOf(secret);
    assert.equal(at, -1, `${what} leaks: …${json.slice(Math.max(0, at - 120), at + 40)}…`);
  }
}

/** Traces functions that get the values, return them, and throw an error that holds them. */
function assertHidden(what, ...values) {
  const echo = traced((...given) => given);
  echo.run(...values);
  assertSafe(echo.last.json, what);
  for (const value of values) {
    const single = traced((given) => given);
    single.run(value);
    assertSafe(single.last.json, what);
    const failing = traced((given) => {
      throw Object.assign(new Error('no'), { context: given });
    });
    assert.throws(() => failing.run(value));
    assertSafe(failing.last.json, what);
  }
}

let upstream;
let url;
before(async () => {
  upstream = http.createServer((_request, response) => {
    response.writeHead(200, {
      'content-type': 'application/json',
      'set-cookie': [`sid=${PLANTED}; HttpOnly`],
      'x-auth-token': PLANTED,
    });
    response.end('{"fine":true}');
  });
  await once(upstream.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${upstream.address().port}/${QUERY}`;
});
after(() => upstream.close());

/** Calls a server that traces its handler. */
async function call(listen) {
  const server = await listen();
  const { port } = server.address();
  const response = await fetch(`http://127.0.0.1:${port}/${QUERY}`, { headers: HEADERS });
  await response.text();
  server.closeAllConnections?.();
  await new Promise((resolve) => server.close(resolve));
}

const listening = async (server) => {
  await once(server, 'listening');
  return server;
};

test('node:http', async () => {
  const handler = traced((_request, response) => void response.end('ok'));
  await call(() => listening(http.createServer(handler.run).listen(0)));
  assertSafe(handler.last.json, 'node:http');
  assert.match(handler.last.json, /page=2/);
});

test('express', async () => {
  const handler = traced((_request, response) => response.send('ok'));
  await call(() => {
    const app = express();
    app.use(handler.run);
    return listening(app.listen(0));
  });
  assertSafe(handler.last.json, 'express');
});

test('fastify', async () => {
  const handler = traced(async () => ({ fine: true }));
  const app = fastify();
  app.get('/', (request, reply) => handler.run(request, reply));
  await app.listen({ port: 0 });
  const address = app.server.address();
  await fetch(`http://127.0.0.1:${address.port}/${QUERY}`, { headers: HEADERS });
  await app.close();
  assertSafe(handler.last.json, 'fastify');
});

test('koa', async () => {
  const handler = traced(async (context) => {
    context.cookies.set('sid', PLANTED);
    context.body = 'ok';
    return context;
  });
  await call(() => {
    const app = new Koa();
    app.use((context) => handler.run(context).then(() => {}));
    return listening(app.listen(0));
  });
  assertSafe(handler.last.json, 'koa');
});

test('hono', async () => {
  const handler = traced((context) => context.text('ok'));
  await call(() => {
    const app = new Hono();
    app.get('/', handler.run);
    return listening(serve({ fetch: app.fetch, port: 0 }));
  });
  assertSafe(handler.last.json, 'hono');
  const raw = traced((request) => request);
  raw.run(new Request(`http://a.example/${QUERY}`, { headers: HEADERS }));
  assertSafe(raw.last.json, 'a Request');
});

test('axios', async () => {
  const response = await axios.get(url, {
    headers: HEADERS,
    auth: { username: 'u', password: PLANTED },
  });
  const error = await axios
    .get('http://127.0.0.1:9/', { headers: HEADERS })
    .catch((thrown) => thrown);
  assertHidden(
    'axios',
    response,
    response.headers,
    response.config,
    axios.create({ headers: HEADERS }),
    error,
  );
  const failing = traced(() => Promise.reject(error));
  await failing.run().catch(() => {});
  assertSafe(failing.last.json, 'an error of axios');
});

test('got', async () => {
  const response = await got(url, { headers: HEADERS });
  const error = await got('http://127.0.0.1:9/', { headers: HEADERS, retry: { limit: 0 } }).catch(
    (thrown) => thrown,
  );
  assertHidden('got', response, response.headers, response.rawHeaders, error, error.options);
});

test('undici, fetch, node-fetch', async () => {
  const { headers, body, ...response } = await undici.request(url, { headers: HEADERS });
  await body.dump();
  assertHidden('undici', { headers, ...response }, headers);
  for (const get of [fetch, undici.fetch, nodeFetch]) {
    const answer = await get(url, { headers: HEADERS });
    assertHidden('fetch', answer, answer.headers);
    await answer.text();
  }
  assertHidden('Headers', new Headers(HEADERS), new undici.Headers(HEADERS), [
    ...new Headers(HEADERS),
  ]);
});

test('superagent', async () => {
  const response = await superagent.get(url).set(HEADERS);
  assertHidden('superagent', response, response.headers, {
    request: superagent.get(url).set(HEADERS),
  });
});

test('node:http client', async () => {
  const request = http.request(url, { headers: HEADERS });
  request.end();
  const [response] = await once(request, 'response');
  response.resume();
  assertHidden('node:http client', request, response, response.rawHeaders, request._header);
});

test('databases', async () => {
  const mongo = new MongoClient(`mongodb://user:${PLANTED}@127.0.0.1:9/db`, {
    serverSelectionTimeoutMS: 1,
  });
  const pool = new pg.Pool({ connectionString: `postgres://user:${PLANTED}@127.0.0.1:9/db` });
  const pgClient = new pg.Client({ user: 'u', password: PLANTED, host: '127.0.0.1', port: 9 });
  const mysqlPool = mysql.createPool({ host: '127.0.0.1', port: 9, user: 'u', password: PLANTED });
  const ioredis = new Redis(9, '127.0.0.1', { password: PLANTED, lazyConnect: true });
  const redis = createClient({ url: `redis://user:${PLANTED}@127.0.0.1:9` });
  assertHidden('mongodb', mongo, mongo.options);
  assertHidden('pg', pool, pool.options, pgClient, pgClient.connectionParameters);
  assertHidden('mysql2', mysqlPool, mysqlPool.config);
  assertHidden('ioredis', ioredis, ioredis.options);
  assertHidden('redis', redis, redis.options);
  mysqlPool.end();
  ioredis.disconnect();
});

test('services', () => {
  const stripe = new Stripe(`sk_live_${PLANTED}0123456789abcdef`);
  const credentials = {
    accessKeyId: `AKIA${PLANTED.toUpperCase()}0`,
    secretAccessKey: PLANTED,
    sessionToken: PLANTED,
  };
  const s3 = new S3Client({ region: 'eu-west-1', credentials });
  const auth = new OAuth2Client({ clientId: 'id', clientSecret: PLANTED });
  auth.setCredentials({ access_token: PLANTED, refresh_token: PLANTED, id_token: PLANTED });
  const mail = nodemailer.createTransport({ host: 'h', auth: { user: 'u', pass: PLANTED } });
  assertHidden('stripe', stripe, { apiKey: `sk_live_${PLANTED}` });
  assertHidden('aws-sdk', s3, s3.config, credentials);
  assertHidden('googleapis', auth, drive({ version: 'v3', auth }));
  assertHidden('nodemailer', mail, mail.options);
});

test('texts', () => {
  const jwt = ['{"alg":"HS256"}', `{"sub":"${PLANTED}"}`].map((part) =>
    Buffer.from(part).toString('base64url'),
  );
  const texts = [
    `mongodb://user:${PLANTED}@h:27017/db`,
    `failed: https://a.example/x${QUERY}`,
    `GET / HTTP/1.1\r\nAuthorization: Bearer ${PLANTED}\r\nCookie: sid=${PLANTED}\r\n\r\n`,
    `curl -H "Authorization: Basic ${HEADERS['proxy-authorization'].slice(6)}"`,
    `Server=h;User Id=u;Password=${PLANTED};`,
    `-----BEGIN PRIVATE KEY-----\n${PLANTED}\n-----END PRIVATE KEY-----`,
    `key=sk-proj-${PLANTED}0123456789abcdef0123456789`,
    `token ghp_${PLANTED}0123456789abcdefghijklmno`,
  ];
  for (const text of texts) {
    assertHidden(text, text, { text }, [text], new Error(text), JSON.stringify({ text }));
    const failing = traced(() => {
      throw new Error(text);
    });
    assert.throws(failing.run);
    assertSafe(failing.last.json, text);
  }
  const signed = `${jwt.join('.')}.c2lnbmF0dXJlLXBsYW50ZWQ`;
  const trace = traced(() => ({ note: `it was ${signed}` }));
  trace.run();
  assert.ok(!trace.last.json.includes(jwt[1]), 'a JSON web token leaks');
});
