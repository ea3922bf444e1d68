/** Where Holdfast and the pipeline behind it live, as the environment and the projects say. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { OwnPlaces } from '../../checks/check.ts';
import { isProjectFolder, readProject, splitSource } from '../../src/stacks/program/project.ts';
import { readYamlFile, scalarText } from '../../src/stacks/program/yaml-file.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The Region of this process where AWS runs it (AWS sets `AWS_EXECUTION_ENV` in Lambda, ECS and CodeBuild; elsewhere
 * `AWS_REGION` only says where its clients call). The backend is `PULUMI_BACKEND_URL`, else `backend.url` of a project among the
 * sources; the secrets provider is that of the project's stack files, where all name one.
 */
export async function ownPlaces(sources: readonly string[], env: Environment, account: string): Promise<OwnPlaces> {
  const region = env.AWS_REGION ?? env.AWS_DEFAULT_REGION;
  const projects = await Promise.all(sources.filter(isProjectFolder).map(settingsOf));
  const providers = [...new Set(projects.flatMap((p) => p.secretsProviders))];
  return {
    runs: env.AWS_EXECUTION_ENV !== undefined && region !== undefined ? { account, region } : undefined,
    backend: env.PULUMI_BACKEND_URL ?? projects.find((p) => p.backend !== undefined)?.backend,
    secretsProvider: providers.length === 1 ? providers[0] : undefined,
  };
}

interface Settings {
  readonly backend: string | undefined;
  readonly secretsProviders: readonly string[];
}

async function settingsOf(source: string): Promise<Settings> {
  const { folder, stack } = splitSource(source);
  const project = await readProject(folder);
  const backend = scalarText(project.file.top?.getIn(['backend', 'url'], true));
  const files = ['yaml', 'yml'].map((ending) => join(project.stackFolder, `Pulumi.${stack ?? ''}.${ending}`));
  const providers: string[] = [];
  for (const file of files.filter((f) => stack !== undefined && existsSync(f))) {
    const provider = scalarText((await readYamlFile(file, 'stack-malformed')).top?.get('secretsprovider', true));
    if (provider !== undefined) providers.push(provider);
  }
  return { backend, secretsProviders: providers };
}
