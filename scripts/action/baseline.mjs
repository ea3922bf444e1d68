/** The state before the change: verified in a worktree, fetched from an artifact, or a file. Sets the output `file`, or leaves it empty. */
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { api, event, git, holdfast, inFolder, output, refuseForeignCode, say } from './github.mjs';

const { env } = process;
const workspace = env.GITHUB_WORKSPACE ?? process.cwd();
const scratch = mkdtempSync(join(env.RUNNER_TEMP ?? tmpdir(), 'holdfast-base-'));
const file = join(scratch, 'baseline.json');

/** Without a baseline everything counts, also what was there before: that is the stricter side. */
function without(why) {
  say('warning', `No baseline: ${why}. Everything is judged, also what was there before.`);
}

async function main() {
  refuseForeignCode();
  const wanted = env.HOLDFAST_BASELINE ?? '';
  if (wanted === 'none' || wanted === '') return undefined;
  if (wanted !== 'merge-base' && wanted !== 'artifact') return inFolder(wanted);
  const base = baseOf();
  if (base === undefined) return undefined;
  return wanted === 'artifact' ? fromArtifact(base.branch) : fromWorktree(base.commit);
}

/** Undefined for an event that changes nothing, such as a push. */
function baseOf() {
  const { pull_request: pull, merge_group: group } = event;
  if (pull !== undefined) return { commit: pull.base.sha, branch: pull.base.ref };
  if (group !== undefined) return { commit: group.base_sha, branch: group.base_ref.replace(/^refs\/heads\//, '') };
  return undefined;
}

function fromWorktree(sha) {
  const has = () => git(['cat-file', '-e', `${sha}^{commit}`]).ok;
  if (!has()) git(['fetch', '--no-tags', '--depth=1', 'origin', sha]);
  if (!has()) return without(`commit ${sha} is not in this clone and cannot be fetched`);
  // A shallow clone has no common ancestor to show; what was checked out is then the base merged with the change.
  const common = git(['merge-base', sha, 'HEAD']);
  const commit = common.ok ? common.text : sha;
  const tree = join(scratch, 'tree');
  const added = git(['worktree', 'add', '--detach', tree, commit]);
  if (!added.ok) return without(`git worktree: ${added.error}`);
  try {
    prepare(tree);
    if (!existsSync(resolve(tree, env.HOLDFAST_FOLDER || '.')))
      return without(`commit ${commit} does not have ${env.HOLDFAST_FOLDER}`);
    const { code, error } = holdfast(tree, ['--quiet', '--json', '--out', file]);
    if (code === 2 || !existsSync(file)) return without(`commit ${commit} cannot be verified: ${error}`);
    return file;
  } finally {
    git(['worktree', 'remove', '--force', tree]);
  }
}

/** Made ready by the workflow's own command, else with what is installed beside the change. */
function prepare(tree) {
  if (env.HOLDFAST_PREPARE) {
    const { HOLDFAST_TOKEN, ...rest } = env;
    const cwd = resolve(tree, env.HOLDFAST_FOLDER || '.');
    const ran = spawnSync('bash', ['-euo', 'pipefail', '-c', env.HOLDFAST_PREPARE], {
      cwd,
      env: rest,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    if (ran.status !== 0) say('warning', `The command of prepare ended with ${ran.status} in the base commit.`);
    return;
  }
  for (const folder of foldersOfSources()) {
    const [here, there] = [workspace, tree].map((root) => join(root, folder, 'node_modules'));
    if (existsSync(here) && existsSync(dirname(there)) && !exists(there)) symlinkSync(here, there, 'dir');
  }
}

/** Folders of the sources and all above them, within the repository: Node looks for modules in each. */
function foldersOfSources() {
  const sources = (env.HOLDFAST_SOURCES ?? '').split('\n').map((s) => s.trim().replace(/@[^@/]*$/, ''));
  const found = new Set();
  for (const source of ['.', ...sources]) {
    for (let at = inFolder(source); !relative(workspace, at).startsWith('..'); at = dirname(at)) {
      found.add(relative(workspace, at));
      if (at === dirname(at)) break;
    }
  }
  return found;
}

function exists(path) {
  try {
    return lstatSync(path) !== undefined;
  } catch {
    return false;
  }
}

/**
 * The newest one of the base branch. A fork may have a branch of the same name and upload an artifact of the same name: only those
 * of the repository itself count.
 */
async function fromArtifact(branch) {
  const listed = await api(`/actions/artifacts?per_page=100&name=${encodeURIComponent(env.HOLDFAST_ARTIFACT ?? '')}`);
  if (!listed.ok) return without(`artifacts cannot be listed (${listed.status}); give the workflow the permission actions: read`);
  const { artifacts } = await listed.json();
  const ours = artifacts
    .filter(
      ({ expired, workflow_run: run }) => !expired && run?.head_branch === branch && run.head_repository_id === run.repository_id,
    )
    .sort((a, b) => (a.created_at < b.created_at ? 1 : -1));
  const [newest] = ours;
  if (newest === undefined)
    return without(`branch ${branch} has no artifact ${env.HOLDFAST_ARTIFACT} yet: run this action on pushes too`);
  const fetched = await api(newest.archive_download_url);
  if (!fetched.ok) return without(`artifact ${newest.id} cannot be fetched (${fetched.status})`);
  const zip = join(scratch, 'baseline.zip');
  writeFileSync(zip, Buffer.from(await fetched.arrayBuffer()));
  const ran = spawnSync('unzip', ['-p', zip, 'result.json'], { maxBuffer: 128 * 1024 * 1024 });
  if (ran.status !== 0) return without(`artifact ${newest.id} holds no result.json`);
  writeFileSync(file, ran.stdout);
  return file;
}

output('file', (await main()) ?? '');
