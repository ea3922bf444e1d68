/** Known answers: the examples of the S3 API Reference ("Examples: Signature Calculations", "… in Multiple Chunks"). */
import { describe, expect, it } from 'vitest';
import { readChunks } from '../../../src/simulator/wire/chunks.ts';
import { readCredential } from '../../../src/simulator/wire/credential.ts';
import { Malformed, parametersOf, type WireRequest } from '../../../src/simulator/wire/message.ts';
import { checkSignature } from '../../../src/simulator/wire/signature.ts';

const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const HOST = 'examplebucket.s3.amazonaws.com';

const signed = (headers: string, signature: string): string =>
  `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=${headers},Signature=${signature}`;

const request = (parts: Partial<WireRequest>): WireRequest => ({
  method: 'GET',
  host: HOST,
  path: '/',
  query: new Map(),
  body: new Uint8Array(),
  ...parts,
  headers: { host: HOST, 'x-amz-date': '20130524T000000Z', ...parts.headers },
});

const EXAMPLES: readonly (readonly [string, WireRequest])[] = [
  [
    'a GET with a header',
    request({
      path: '/test.txt',
      headers: {
        range: 'bytes=0-9',
        'x-amz-content-sha256': EMPTY,
        authorization: signed(
          'host;range;x-amz-content-sha256;x-amz-date',
          'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
        ),
      },
    }),
  ],
  [
    'a PUT with a body and a path to encode',
    request({
      method: 'PUT',
      path: '/test$file.text',
      headers: {
        date: 'Fri, 24 May 2013 00:00:00 GMT',
        'x-amz-storage-class': 'REDUCED_REDUNDANCY',
        'x-amz-content-sha256': '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072',
        authorization: signed(
          'date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class',
          '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
        ),
      },
    }),
  ],
  [
    'a query without a value',
    request({
      query: parametersOf('lifecycle'),
      headers: {
        'x-amz-content-sha256': EMPTY,
        authorization: signed(
          'host;x-amz-content-sha256;x-amz-date',
          'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
        ),
      },
    }),
  ],
  [
    'two query parameters',
    request({
      query: parametersOf('max-keys=2&prefix=J'),
      headers: {
        'x-amz-content-sha256': EMPTY,
        authorization: signed(
          'host;x-amz-content-sha256;x-amz-date',
          '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
        ),
      },
    }),
  ],
  [
    'a presigned URL',
    request({
      path: '/test.txt',
      query: parametersOf(
        'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
      ),
    }),
  ],
];

function check(message: WireRequest, secret = SECRET) {
  const credential = readCredential(message);
  if (typeof credential === 'string') throw new Error(`the credential is ${credential}`);
  return { credential, ...checkSignature(message, credential, secret) };
}

describe('signatures', () => {
  it.each(EXAMPLES)('%s', (_, message) => {
    expect(check(message).right).toBe(true);
    expect(check(message, 'another secret').right).toBe(false);
    expect(check({ ...message, path: '/other.txt' }).right).toBe(false);
    expect(check({ ...message, method: 'DELETE' }).right).toBe(false);
    expect(check({ ...message, host: 'elsewhere' }).right).toBe(false);
    expect(check({ ...message, query: new Map([...message.query, ['a', ['b']]]) }).right).toBe(false);
  });

  it('every other service encodes the path once more and resolves dots', () => {
    // AWS's Signature Version 4 test suite: get-slashes, get-utf8, get-vanilla-query-order-key-case.
    const credential = 'AKIDEXAMPLE/20150830/us-east-1/service/aws4_request';
    const message = (path: string, query: string, signature: string): WireRequest => ({
      method: 'GET',
      host: 'example.amazonaws.com',
      path,
      query: parametersOf(query),
      body: new Uint8Array(),
      headers: {
        'x-amz-date': '20150830T123600Z',
        authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host;x-amz-date, Signature=${signature}`,
      },
    });
    const secret = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
    const vanilla = '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31';
    expect(check(message('/', '', vanilla), secret).right).toBe(true);
    expect(check(message('//', '', vanilla), secret).right).toBe(true);
    expect(check(message('/./', '', vanilla), secret).right).toBe(true);
    expect(check(message('/example/..', '', vanilla), secret).right).toBe(true);
    const ordered = 'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500';
    expect(check(message('/', 'Param2=value2&Param1=value1', ordered), secret).right).toBe(true);
  });

  it.each([
    ['nobody signed', {}, 'none'],
    ['another scheme', { authorization: 'Basic dGVzdDp0ZXN0' }, 'broken'],
    ['no scope', { authorization: 'AWS4-HMAC-SHA256 Credential=AKIA, SignedHeaders=host, Signature=00' }, 'broken'],
  ])('%s', (_, headers, expected) => {
    expect(readCredential(request({ headers }))).toBe(expected);
  });
});

describe('aws-chunked', () => {
  const seed = request({
    method: 'PUT',
    host: 's3.amazonaws.com',
    path: '/examplebucket/chunkObject.txt',
    headers: {
      host: 's3.amazonaws.com',
      'x-amz-storage-class': 'REDUCED_REDUNDANCY',
      'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
      'content-encoding': 'aws-chunked',
      'x-amz-decoded-content-length': '66560',
      'content-length': '66824',
      authorization: signed(
        'content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class',
        '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
      ),
    },
  });
  const chunk = (text: string, signature: string): string =>
    `${text.length.toString(16)};chunk-signature=${signature}\r\n${text}\r\n`;
  const body = (letter: string): Uint8Array =>
    Buffer.from(
      chunk(letter.repeat(65536), 'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648') +
        chunk(letter.repeat(1024), '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497') +
        chunk('', 'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9'),
    );

  it('signed chunks', () => {
    const { right, signer } = check(seed);
    expect(right).toBe(true);
    const read = readChunks(body('a'), signer);
    expect(read.right).toBe(true);
    expect(read.body.length).toBe(66560);
    expect(readChunks(body('b'), check(seed).signer).right).toBe(false);
  });

  it('unsigned chunks with a checksum behind them', () => {
    const read = readChunks(Buffer.from('5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n'), undefined);
    expect(Buffer.from(read.body).toString()).toBe('hello');
    expect(read.trailers).toEqual({ 'x-amz-checksum-crc32': 'NhCmhg==' });
  });

  it.each([
    ['no size', 'hello'],
    ['too short', 'ff\r\nhello\r\n0\r\n\r\n'],
    ['too long', '2\r\nhello\r\n0\r\n\r\n'],
    ['no end', '5\r\nhello\r\n'],
    ['a trailer without a name', '0\r\nwhat\r\n'],
  ])('%s', (_, text) => {
    expect(() => readChunks(Buffer.from(text), undefined)).toThrow(Malformed);
  });
});
