import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { installTools } from '../world/kubernetes/tools.ts';
import { run } from '../world/run.ts';

/** The forge's workflows, which nothing here can run: linted, and held to what the project promises. */

const files = ['ci.yaml', 'nightly.yaml', 'release.yaml'].map((name) => `.github/workflows/${name}`);

it('the workflows pass actionlint', async () => {
  const { actionlint } = await installTools();
  expect(await run(actionlint, ['-no-color', '-shellcheck=', '-pyflakes=', ...files])).toMatchObject({
    code: 0,
    stdout: '',
  });
});

it('no workflow has more rights than reading, but for the job that publishes', () => {
  for (const file of files) {
    const workflow = parse(readFileSync(file, 'utf8')) as {
      permissions: object;
      jobs: Record<string, { permissions?: object }>;
    };
    expect(workflow.permissions).toEqual({ contents: 'read' });
    const jobs = Object.entries(workflow.jobs).filter(([, { permissions }]) => permissions !== undefined);
    expect(jobs.map(([name]) => name)).toEqual(file.includes('release') ? ['publish'] : []);
  }
});

it('CI calls the targets that the forge-independent script calls', () => {
  const script = readFileSync('.ci/run', 'utf8');
  const workflow = readFileSync('.github/workflows/ci.yaml', 'utf8');
  const targets = [...script.matchAll(/^make (\S+)$/gm)].map(([, target]) => target ?? '');
  // The recordings that conformance compares with are not part of the repository.
  const expected = targets.filter((target) => target !== 'conformance');
  expect(expected.filter((target) => !workflow.includes(`make ${target}`))).toEqual([]);
});

it('package, chart and image are of one version', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  const chart = parse(readFileSync('charts/arc-private-link-operator/Chart.yaml', 'utf8')) as object;
  expect(chart).toMatchObject({ version, appVersion: version });
  expect(readFileSync('Dockerfile', 'utf8')).toContain(`ARG VERSION=${version}\n`);
});
