import { afterEach, describe, expect, it } from 'vitest';
import { dns, get, RESOLVERS, send } from '../../../src/drills/live/net.ts';
import { type Answer, deadPort, type Handler, nameServer, web } from './loopback.ts';

const closing: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of closing.splice(0)) await one.close();
});
const served = async (handle: Handler) => {
  const server = await web(handle);
  closing.push(server);
  return server;
};
const named = async (answers: Readonly<Record<string, Answer>>) => {
  const server = await nameServer(answers);
  closing.push(server);
  return { server, names: dns({ name: 'test', servers: [server.address] }, 300) };
};
const SETTINGS = { timeout: 600, servedBy: 'x-served-by' };
const ok: Handler = (_, response) => response.end('hello');

describe('names', () => {
  it('are answered with addresses, sorted', async () => {
    const { names } = await named({ 'shop.test': ['127.0.0.9', '127.0.0.1'] });
    expect(await names.addresses('shop.test')).toEqual(['127.0.0.1', '127.0.0.9']);
    expect(await names.addresses('127.0.0.1')).toEqual(['127.0.0.1']);
  });

  it.each<[string, Answer]>([
    ['there are none', 'NXDOMAIN'],
    ['nobody answers', 'silent'],
    ['the server fails', 'SERVFAIL'],
    ['there is no address', []],
  ])('where %s are no answer', async (_, answer) => {
    const { names } = await named({ 'shop.test': answer });
    expect(await names.addresses('shop.test')).toBeUndefined();
  });

  it('are asked of this machine and of three that everybody may ask', () => {
    expect(RESOLVERS.map((r) => r.servers?.[0])).toEqual([undefined, '1.1.1.1', '8.8.8.8', '9.9.9.9']);
  });
});

describe('a request', () => {
  it('goes where the resolver says, and tells who served', async () => {
    const { port } = await served((_, response) => response.setHeader('x-served-by', 'eu-west-1b/i-0').end('hello'));
    const { names } = await named({ 'shop.test': ['127.0.0.1'] });
    const answer = await get(`http://shop.test:${port}/`, names, SETTINGS);
    expect(answer).toMatchObject({ kind: 'served', by: 'eu-west-1b/i-0', region: 'eu-west-1', zone: 'eu-west-1b' });
    expect(answer.kind === 'served' && (answer.took ?? -1) >= 0).toBe(true);
    expect(await get(`http://shop.test:${port}/`, names, { ...SETTINGS, servedBy: undefined })).toMatchObject({
      by: '127.0.0.1',
      region: undefined,
    });
  });

  it('follows the name when it leads elsewhere', async () => {
    const one = await served(ok);
    const { server, names } = await named({ 'shop.test': ['127.0.0.1'] });
    expect((await get(`http://shop.test:${one.port}/`, names, SETTINGS)).kind).toBe('served');
    server.answers.set('shop.test', ['127.0.0.2']);
    expect(await get(`http://shop.test:${one.port}/`, names, SETTINGS)).toMatchObject({
      kind: 'refused',
      why: expect.stringMatching(/refuses connections|ECONN/),
    });
  });

  it('follows redirects, and not for ever', async () => {
    const { port, asked } = await served((request, response) => {
      if (request.url === '/loop') response.writeHead(302, { location: '/loop' }).end();
      else if (request.url === '/') response.writeHead(301, { location: '/login' }).end();
      else response.end('hello');
    });
    const { names } = await named({});
    expect((await get(`http://127.0.0.1:${port}/`, names, SETTINGS)).kind).toBe('served');
    expect(asked).toEqual(['GET /', 'GET /login']);
    expect(await get(`http://127.0.0.1:${port}/loop`, names, SETTINGS)).toMatchObject({
      kind: 'refused',
      why: expect.stringContaining('redirects'),
    });
  });

  it.each([400, 403, 404, 429, 500, 502, 503, 304])('that ends in %i is not served', async (status) => {
    const { port } = await served((_, response) => response.writeHead(status).end());
    const { names } = await named({});
    expect(await get(`http://127.0.0.1:${port}/`, names, SETTINGS)).toEqual({
      kind: 'refused',
      why: `127.0.0.1:${port} answers ${status}`,
    });
  });

  it.each<[string, Handler, RegExp]>([
    ['that is never answered', () => undefined, /within 600 ms/],
    ['whose answer never ends', (_, response) => void response.write('hel'), /within 600 ms/],
    ['that is broken off', (request) => void request.socket.destroy(), /breaks|socket hang up|ECONNRESET/],
    [
      'whose answer breaks off',
      (_, response) => {
        response.writeHead(200, { 'content-length': 100 });
        response.write('hel', () => response.destroy());
      },
      /./,
    ],
    [
      'that is redirected to another protocol',
      (_, response) => void response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
      /not asked/,
    ],
  ])('%s is refused', async (_, handle, why) => {
    const { port } = await served(handle);
    const { names } = await named({});
    const answer = await get(`http://127.0.0.1:${port}/`, names, SETTINGS);
    expect(answer).toMatchObject({ kind: 'refused', why: expect.stringMatching(why) });
  });

  it('to nobody is refused', async () => {
    const { names } = await named({ 'silent.test': 'silent' });
    expect(await get(`http://127.0.0.1:${await deadPort()}/`, names, SETTINGS)).toMatchObject({
      kind: 'refused',
      why: expect.stringContaining('refuses'),
    });
    expect(await get('gone.test', names, SETTINGS)).toEqual({ kind: 'refused', why: 'gone.test has no address' });
    expect((await get('http://silent.test/', names, { ...SETTINGS, timeout: 150 })).kind).toBe('refused');
    expect((await get('no url at all', names, SETTINGS)).kind).toBe('refused');
  });

  it('sends JSON, and says of what is not taken', async () => {
    const { port } = await served((request, response, body) => response.writeHead(request.url === '/no' ? 503 : 200).end(body));
    const { names } = await named({});
    expect(await send('POST', `http://127.0.0.1:${port}/`, { a: 1 }, names, 500)).toBe('{"a":1}');
    await expect(send('POST', `http://127.0.0.1:${port}/no`, {}, names, 500)).rejects.toThrow(/503/);
  });
});
