import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { type DownloadOptions, downloadFile } from '../../data/download';

const content = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 31 + (i >> 8)) & 255));
const md5 = createHash('md5').update(content).digest('hex');
const checks = { size: content.length, md5 };

type Handler = (request: http.IncomingMessage, response: http.ServerResponse) => void;

let handler: Handler;
let ranges: (string | undefined)[] = [];
const server = http.createServer((request, response) => {
  ranges.push(request.headers.range);
  handler(request, response);
});
let url = '';
let folder = '';
let file = '';

before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/archive.zip`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'download-'));
  file = path.join(folder, 'archive.zip');
  ranges = [];
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

/** Answers Range as a good server does, and cuts the connection after `most` bytes. */
function serve(most = Number.POSITIVE_INFINITY, body = content): Handler {
  return (request, response) => {
    const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
    const start = range ? Number(range[1]) : 0;
    if (start >= body.length) {
      response.writeHead(416, { 'content-range': `bytes */${body.length}` }).end();
      return;
    }
    response.writeHead(start > 0 ? 206 : 200, {
      'content-length': body.length - start,
      ...(start > 0 ? { 'content-range': `bytes ${start}-${body.length - 1}/${body.length}` } : {}),
    });
    const part = body.subarray(start, start + most);
    if (part.length < body.length - start) response.write(part, () => response.destroy());
    else response.end(part);
  };
}

function download(options: Partial<DownloadOptions> = {}) {
  return downloadFile(url, file, { backoffSeconds: 0.01, stallSeconds: 5, ...checks, ...options });
}

function assertComplete(): void {
  assert.ok(fs.readFileSync(file).equals(content));
  assert.deepEqual(fs.readdirSync(folder), ['archive.zip']);
}

async function assertFails(message: RegExp, options: Partial<DownloadOptions> = {}): Promise<void> {
  await assert.rejects(download(options), { name: 'SerError', code: 'bad-download', message });
  assert.ok(!fs.existsSync(file), 'a file that is not right must not be there');
}

test('downloadFile fetches a file whole, reports progress, and leaves nothing else', async () => {
  handler = serve();
  const seen: number[] = [];
  const result = await download({ onProgress: (received, total) => seen.push(received, total) });
  assert.deepEqual(result, { file, size: content.length, reused: 0 });
  assert.deepEqual(seen.slice(-2), [content.length, content.length]);
  assertComplete();
});

test('downloadFile does not ask for a file that is there and right', async () => {
  fs.writeFileSync(file, content);
  assert.equal((await download()).reused, content.length);
  assert.deepEqual(ranges, []);
});

test('downloadFile replaces a file that is there and wrong, only once the right one has come', async () => {
  fs.writeFileSync(file, 'old and wrong');
  handler = (_request, response) => response.writeHead(404).end();
  await assert.rejects(download());
  assert.equal(fs.readFileSync(file, 'utf8'), 'old and wrong');
  handler = serve();
  await download();
  assertComplete();
});

test('downloadFile goes on where the connection was cut, again and again', async () => {
  handler = serve(100_000);
  const reasons: string[] = [];
  await download({ retries: 1, onRetry: (reason) => reasons.push(reason) });
  assertComplete();
  assert.equal(ranges[0], undefined);
  assert.ok(
    ranges.slice(1).every((range) => /^bytes=\d+-$/.test(range ?? '')),
    String(ranges),
  );
  assert.ok(reasons.length >= 2);
});

test('downloadFile resumes what an earlier call left', async () => {
  handler = serve(100_000);
  await assertFails(/failed 1 times in a row/, { retries: 0 });
  const { size } = fs.statSync(`${file}.part`);
  assert.ok(size > 0 && size < content.length);
  handler = serve();
  assert.equal((await download()).reused, size);
  assert.equal(ranges.at(-1), `bytes=${size}-`);
  assertComplete();
});

test('downloadFile starts over once when a continued file has the wrong checksum', async () => {
  handler = serve(100_000, Buffer.alloc(content.length, 1));
  await assertFails(/in a row/, { retries: 0 });
  handler = serve();
  await download();
  assertComplete();
});

test('downloadFile starts over when a part of another file has been continued', async () => {
  fs.writeFileSync(`${file}.part`, 'something else');
  handler = serve();
  assert.equal((await download()).reused, 0);
  assert.deepEqual(ranges, ['bytes=14-', undefined]);
  assertComplete();
});

test('downloadFile obeys a server that ignores Range and sends everything', async () => {
  let requests = 0;
  handler = (request, response) => {
    delete request.headers.range;
    serve(requests++ === 0 ? 100_000 : undefined)(request, response);
  };
  await download();
  assert.match(ranges[1] ?? '', /^bytes=/);
  assertComplete();
});

test('downloadFile gives up a server that ignores Range and always cuts at the same byte', async () => {
  handler = (request, response) => {
    delete request.headers.range;
    serve(100_000)(request, response);
  };
  await assertFails(/failed 3 times in a row/, { retries: 2 });
});

test('downloadFile gives up a connection that stalls, and goes on in a new one', async () => {
  let requests = 0;
  handler = (request, response) => {
    if (requests++ > 0) return serve()(request, response);
    response.writeHead(200, { 'content-length': content.length });
    response.write(content.subarray(0, 1000)); // and then silence
  };
  const reasons: string[] = [];
  await download({ stallSeconds: 0.2, onRetry: (reason) => reasons.push(reason) });
  assert.deepEqual(reasons, ['no byte for 0.2 s']);
  assertComplete();
});

test('downloadFile waits for a slow connection as long as something comes', async () => {
  handler = (_request, response) => {
    response.writeHead(200, { 'content-length': content.length });
    let sent = 0;
    const drip = setInterval(() => {
      response.write(content.subarray(sent, sent + 30_000));
      sent += 30_000;
      if (sent >= content.length) {
        clearInterval(drip);
        response.end();
      }
    }, 100);
  };
  await download({ stallSeconds: 0.6, retries: 0 });
  assertComplete();
});

test('downloadFile goes on after a stream of unknown length that ended early', async () => {
  let requests = 0;
  handler = (request, response) => {
    if (requests++ > 0) return serve()(request, response);
    response.writeHead(200).end(content.subarray(0, 1000)); // chunked
  };
  await download();
  assert.deepEqual(ranges, [undefined, 'bytes=1000-']);
  assertComplete();
});

test('downloadFile gives up a server that never answers', async () => {
  handler = () => undefined;
  await assertFails(/no byte for 0\.1 s/, { stallSeconds: 0.1, retries: 1 });
});

test('downloadFile refuses wrong bytes, says both checksums, and keeps nothing', async () => {
  const wrong = Buffer.alloc(content.length, 7);
  handler = serve(undefined, wrong);
  await assertFails(new RegExp(`checksum ${md5}, got ${createHash('md5').update(wrong).digest('hex')}`));
  assert.deepEqual(fs.readdirSync(folder), []);
});

test('downloadFile refuses a file of another size before it has come', async () => {
  handler = serve(undefined, Buffer.from('<html>Please log in</html>'));
  await assertFails(/must have 300000 bytes, the server offers 26/);
  assert.deepEqual(fs.readdirSync(folder), []);
});

test('downloadFile stops a stream that does not end', async () => {
  handler = (_request, response) => {
    response.writeHead(200); // chunked: no length is announced
    const more = () => {
      while (!response.destroyed && response.write(content)) {}
      response.once('drain', more);
    };
    more();
  };
  await assertFails(/more than the 300000 bytes/);
});

test('downloadFile asks once where the answer is 404, and says so', async () => {
  handler = (_request, response) => response.writeHead(404).end('not here');
  await assertFails(/answered 404 Not Found/);
  assert.equal(ranges.length, 1);
});

test('downloadFile asks again after 500 and 503, and gives up in the end', async () => {
  let requests = 0;
  handler = (request, response) => {
    if (requests++ < 2) response.writeHead(requests === 1 ? 500 : 503, { 'retry-after': '0' }).end();
    else serve()(request, response);
  };
  await download();
  assertComplete();
  fs.rmSync(file);
  handler = (_request, response) => response.writeHead(500).end();
  ranges = [];
  await assertFails(/answered 500 Internal Server Error/, { retries: 2 });
  assert.equal(ranges.length, 3);
});

test('downloadFile starts over after 416 for a part that is too long', async () => {
  fs.writeFileSync(`${file}.part`, Buffer.alloc(content.length + 5));
  handler = serve();
  await download();
  assertComplete();
});

test('downloadFile follows redirects', async () => {
  handler = (request, response) => {
    if (request.url === '/archive.zip') response.writeHead(302, { location: '/elsewhere' }).end();
    else serve()(request, response);
  };
  await download();
  assertComplete();
});

test('downloadFile stops on request, and the next call goes on', async () => {
  handler = serve(100_000);
  const stop = new AbortController();
  await assert.rejects(
    download({ backoffSeconds: 30, signal: stop.signal, onRetry: () => stop.abort(new Error('enough')) }),
    /enough/,
  );
  assert.ok(!fs.existsSync(file));
  handler = serve();
  assert.ok((await download()).reused > 0);
  assertComplete();
});

test('downloadFile says why if nothing is listening', async () => {
  const closed = http.createServer();
  await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
  const { port } = closed.address() as AddressInfo;
  await new Promise((resolve) => closed.close(resolve));
  await assert.rejects(downloadFile(`http://127.0.0.1:${port}/`, file, { ...checks, retries: 0 }), /ECONNREFUSED/);
});
