import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { loadKubeConfig } from './kube-config.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubeconfig-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A kubeconfig with these clusters, the first one current unless told otherwise. */
function write(path: string, clusters: Record<string, string>, current = Object.keys(clusters)[0]): string {
  const names = Object.keys(clusters);
  const file = join(folder, path);
  mkdirSync(join(file, '..'), { recursive: true });
  const content = {
    clusters: names.map((name) => ({
      name,
      cluster: { server: clusters[name], 'certificate-authority': 'ca.crt' },
    })),
    users: names.map((name) => ({ name, user: { token: `token of ${path}` } })),
    contexts: names.map((name) => ({ name, context: { cluster: name, user: name } })),
    ...(current === '' ? {} : { 'current-context': current }),
  };
  writeFileSync(file, JSON.stringify(content));
  return file;
}

describe('KUBECONFIG', () => {
  it('may name several files, of which the first to say something wins, as it does for kubectl', () => {
    const first = write('one/config', { home: 'https://home.example' }, '');
    const second = write('two/config', { work: 'https://work.example', home: 'https://other.example' });
    const third = write('three/config', { third: 'https://third.example', work: 'https://last.example' });
    const config = loadKubeConfig([first, second, third].join(delimiter));
    expect(config.getCurrentContext()).toBe('work');
    expect(config.getCurrentCluster()).toMatchObject({
      server: 'https://work.example',
      caFile: join(folder, 'two', 'ca.crt'),
    });
    expect(config.getCurrentUser()).toMatchObject({ token: 'token of two/config' });
    expect(config.getCluster('home')).toMatchObject({ server: 'https://home.example' });
    expect(config.getClusters().map(({ name }) => name)).toEqual(['home', 'work', 'third']);
  });

  it('may name files that do not exist beside one that does', () => {
    const file = write('only', { only: 'https://only.example' });
    const config = loadKubeConfig(['', join(folder, 'missing'), file].join(delimiter));
    expect(config.getCurrentCluster()?.server).toBe('https://only.example');
  });

  it('is refused when none of its files exists, and when nothing in them is the current cluster', () => {
    const missing = join(folder, 'missing');
    expect(() => loadKubeConfig(`${missing}${delimiter}${missing}-too`)).toThrow(missing);
    const file = write('idle', { idle: 'https://idle.example' }, '');
    expect(() => loadKubeConfig(file)).toThrow('no current cluster');
  });
});
