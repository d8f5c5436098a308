import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { debianPrograms } from '../world/debian.ts';
import { endpoint, hostile, written } from './files.ts';

/** What the programs say of exported files that are made to check such files. */

const programs = debianPrograms();
const run = (program: string, args: readonly string[]): { code: number | null; output: string } => {
  const { status, stdout, stderr } = spawnSync(programs.path(program), args, {
    env: programs.env,
    encoding: 'utf8',
  });
  return { code: status, output: `${stdout}${stderr}` };
};
/** What the program complains about; empty where it has nothing to say against them. */
const complaints = (program: string, all: readonly (readonly string[])[]): string[] =>
  all.flatMap((args) => {
    const { code, output } = run(program, args);
    return code === 0 ? [] : [`${args.join(' ')}: ${output}`];
  });
const filesLike = (folder: string, pattern: RegExp): string[] => {
  const found = readdirSync(folder).filter((name) => pattern.test(name));
  expect(found).not.toEqual([]);
  return found;
};

describe.each([
  ['of an endpoint', endpoint],
  ['of hostile values', hostile],
])('the files %s', (_, one) => {
  const folder = written(one);

  it('are zones to named-checkzone', () => {
    const all = filesLike(folder, /\.zone$/).map((name) => {
      const zone = name.replaceAll(/^[^.]*\.|\.zone$/g, '');
      return ['-k', 'fail', zone, join(folder, name)];
    });
    expect(complaints('named-checkzone', all)).toEqual([]);
  });

  it.each(['bind.conf', 'bind-forwarders.conf'])('are a configuration to named-checkconf: %s', (kind) => {
    const config = join(folder, 'named.conf');
    const [name = ''] = filesLike(folder, new RegExp(`\\.${kind.replace('.', '\\.')}$`));
    writeFileSync(config, `options { directory "${folder}"; };\ninclude "${join(folder, name)}";\n`);
    expect(complaints('named-checkconf', [['-z', config]])).toEqual([]);
  });

  it.each(['dnsmasq.conf', 'dnsmasq-forwarders.conf'])(
    'are a configuration to dnsmasq --test: %s',
    (kind) => {
      const all = filesLike(folder, new RegExp(`\\.${kind.replace('.', '\\.')}$`)).map((name) => [
        '--test',
        '-C',
        join(folder, name),
      ]);
      expect(complaints('dnsmasq', all)).toEqual([]);
    },
  );

  it.each(['unbound.conf', 'unbound-forwarders.conf'])(
    'are a configuration to unbound-checkconf: %s',
    (kind) => {
      const config = join(folder, 'unbound.whole.conf');
      const [name = ''] = filesLike(folder, new RegExp(`\\.${kind.replace('.', '\\.')}$`));
      const own = 'server:\n  username: ""\n  chroot: ""\n  directory: ""\n  module-config: "iterator"\n';
      writeFileSync(config, `${own}include: "${join(folder, name)}"\n`);
      expect(complaints('unbound-checkconf', [[config]])).toEqual([]);
    },
  );

  it('are scripts to shellcheck', () => {
    const all = filesLike(folder, /\.sh$/).map((name) => ['--shell=sh', join(folder, name)]);
    expect(complaints('shellcheck', all)).toEqual([]);
  });
});

describe('the scripts for a hosts file', () => {
  const before = '127.0.0.1 localhost\n# mine\n10.9.9.9 own.example # kept';
  const place = (
    text: string,
  ): { hosts: string; apply: () => string; remove: () => string; text: () => string } => {
    const folder = written();
    const hosts = join(mkdtempSync(join(tmpdir(), 'hosts-')), 'hosts');
    writeFileSync(hosts, text);
    chmodSync(hosts, 0o644);
    const script = (name: string): string => {
      const { status, stdout, stderr } = spawnSync('sh', [join(folder, name), hosts], { encoding: 'utf8' });
      expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
      return `${stdout}${stderr}`;
    };
    return {
      hosts,
      apply: () => script('hub.hosts-apply.sh'),
      remove: () => script('hub.hosts-remove.sh'),
      text: () => readFileSync(hosts, 'utf8'),
    };
  };
  const block = readFileSync(join(written(), 'hub.hosts-linux.txt'), 'utf8');

  it('put the block at the end, once however often they are run, and take it out to the letter', () => {
    const { hosts, apply, remove, text } = place(before);
    expect(apply()).toContain('was changed');
    expect(text()).toBe(`${before}\n${block}`);
    const { mode, mtimeMs } = statSync(hosts);
    expect(mode & 0o777).toBe(0o644);
    expect(apply()).toContain('is as it shall be');
    expect(statSync(hosts).mtimeMs).toBe(mtimeMs);
    remove();
    expect(text()).toBe(`${before}\n`);
    expect(remove()).toContain('is as it shall be');
    expect(readdirSync(join(hosts, '..'))).toEqual(['hosts']);
  });

  it('replace an older block where it stands, also one with Windows line ends', () => {
    const [begin = '', ...rest] = block.trimEnd().split('\n');
    const end = rest.pop() ?? '';
    const { apply, text } = place(`first\r\n${begin}\r\n10.7.7.7 old.example\r\n${end}\r\nlast\n`);
    apply();
    expect(text()).toBe(`first\r\n${block}last\n`);
  });

  it('never take what follows a first line whose last line is missing', () => {
    const [begin = ''] = block.split('\n');
    const { apply, remove, text } = place(`${begin}\n10.9.9.9 own.example\n`);
    apply();
    expect(text()).toBe(`10.9.9.9 own.example\n${block}`);
    remove();
    expect(text()).toBe('10.9.9.9 own.example\n');
  });

  it('warn of another line for one of the names', () => {
    const { apply } = place('203.0.113.1 GBL.his.arc.azure.com\n');
    expect(apply()).toContain('has another line for gbl.his.arc.azure.com');
  });

  it('run nothing of hostile values', () => {
    const folder = written(hostile);
    const hosts = join(folder, 'hosts');
    writeFileSync(hosts, before);
    for (const name of filesLike(folder, /\.sh$/)) spawnSync('sh', [join(folder, name), hosts]);
    expect(existsSync('/tmp/hostile')).toBe(false);
    expect(readFileSync(hosts, 'utf8')).toBe(`${before}\n`);
  });
});
