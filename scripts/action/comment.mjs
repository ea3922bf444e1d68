/** One comment on the pull request, written anew at each run; where the token may not write, the summary and the artifact have it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { api, event, say } from './github.mjs';

const { env } = process;
/** Comments looked through, a hundred a page. */
const MOST_PAGES = 20;

async function main() {
  const number = event.pull_request?.number;
  if (number === undefined || !env.HOLDFAST_RESULT) return;
  const [, ...rest] = readFileSync(join(env.HOLDFAST_RESULT, 'comment.md'), 'utf8').split('\n');
  // Two uses of the action in one pull request, told apart by their artifacts, write two comments.
  const marker = `<!-- holdfast:pull-request ${(env.HOLDFAST_ARTIFACT ?? '').replace(/[^\w.]+/g, '_')} -->`;
  const body = [marker, ...rest].join('\n');
  const earlier = await find(number, marker);
  if (earlier.refused !== undefined) return instead(earlier.refused);
  const written =
    earlier.id === undefined
      ? await api(`/issues/${number}/comments`, { method: 'POST', body: JSON.stringify({ body }) })
      : await api(`/issues/comments/${earlier.id}`, { method: 'PATCH', body: JSON.stringify({ body }) });
  if (!written.ok) instead(written.status);
}

/** Anybody may write the marker: only what a bot wrote is renewed. */
async function find(number, marker) {
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const listed = await api(`/issues/${number}/comments?per_page=100&page=${page}`);
    if (!listed.ok) return { refused: listed.status };
    const comments = await listed.json();
    const ours = comments.find(({ user, body }) => user?.type === 'Bot' && body?.startsWith(marker));
    if (ours !== undefined) return { id: ours.id };
    if (comments.length < 100) break;
  }
  return {};
}

function instead(status) {
  say(
    'notice',
    `The token may not comment here (${status}), as for pull requests from forks: the job summary and the artifact say the same.`,
  );
}

try {
  await main();
} catch (error) {
  instead(error instanceof Error ? error.message : String(error));
}
