/** Asks the process that holds the world. */
import { Agent, request } from 'node:http';
import type { Ask, Line } from '../questions.ts';

interface Reply<A> {
  readonly answer: A;
  readonly log?: readonly Line[];
  readonly error?: string;
}

export function asking(url: string, token: string, log: (line: Line) => void): Ask {
  const agent = new Agent({ keepAlive: true });
  return (question) =>
    new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const asked = request(url, { method: 'POST', agent, headers }, (reply) => {
        const chunks: Buffer[] = [];
        reply.on('data', (chunk: Buffer) => chunks.push(chunk));
        reply.on('error', reject);
        reply.on('end', () => {
          try {
            const said = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Reply<never>;
            for (const line of said.log ?? []) log(line);
            if (said.error === undefined) resolve(said.answer);
            else reject(new Error(said.error));
          } catch (cause) {
            reject(new Error('simulated AWS answered with something else than JSON', { cause }));
          }
        });
      });
      asked.on('error', (cause) => reject(new Error('simulated AWS is not there any more', { cause })));
      asked.end(JSON.stringify(question));
    });
}
