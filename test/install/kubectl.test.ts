import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readSeed } from '../world/azure/seed.ts';
import { kubernetesBinaries } from '../world/kubernetes/binaries.ts';
import { until } from '../world/until.ts';
import { startStage, type Stage } from '../world/stage.ts';

/**
 * What people see with kubectl, as golden files to be read: would a person who knows none of this see within ten seconds
 * what is wrong and what to do? `make golden-kubectl` writes them anew.
 */

const seed = readSeed('examples/quickstart-azure.yaml');
const folder = 'test/golden/kubectl';
const namespace = 'arc-demo';
let stage: Stage;

beforeAll(async () => {
  stage = await startStage({ seed, timeFactor: 20 });
  await stage.startOperator(['--propagation-window=20s']);
  await stage.createNamespace(namespace);
}, 120_000);
afterAll(() => stage.stop(), 30_000);

const kubectl = async (...args: string[]): Promise<string> => {
  const { stdout, stderr } = await stage.cluster.kubectl(['-n', namespace, ...args]);
  return stdout + stderr;
};

/** Times, ids and what depends on them; columns are as wide as their longest cell, so blanks are one width. */
function steady(text: string): string {
  return (
    text
      .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '<time>')
      .replaceAll(/\b\d\d:\d\d(:\d\d)? UTC/g, '<time>')
      .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ \+0000/g, '<time>')
      // But for the subscriptions of the simulated Azure, all of which begin with zeros.
      .replaceAll(/\b(?!00000000-)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<uid>')
      .replaceAll(/-[0-9a-f]{8}-0\b/g, '-<hash>-0')
      .replaceAll(/(Resource Version: +|resourceVersion: )"?\d+"?/g, '$1<version>')
      .replaceAll(/\b\d+(s|m|m\d+s)( \(x\d+ over \d+(s|m|m\d+s)\))?(?=\s|$)/g, '<age>')
      .replaceAll(/<invalid>/g, '<age>')
      .replaceAll(/\/tmp\/(LIVE|MERGED)-\d+/g, '/tmp/$1')
      .replaceAll(/(\S) {2,}/g, '$1   ')
      .replaceAll(/[ \t]+$/gm, '')
  );
}

function shows(name: string, text: string): void {
  const path = `${folder}/${name}.txt`;
  if (process.env['UPDATE_GOLDEN'] === '1' || !existsSync(path)) {
    if (process.env['CI']) throw new Error(`${path} is missing`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(path, steady(text));
  }
  expect(steady(text)).toBe(readFileSync(path, 'utf8'));
}

describe('kubectl explain', () => {
  it.each(['apls', 'asa', 'asas'])(
    'lists every field of %s',
    async (kind) => {
      shows(`explain-${kind}`, await kubectl('explain', kind, '--recursive'));
    },
    30_000,
  );

  it('tells what a field is for, its default and its unit', async () => {
    shows(
      'explain-fields',
      [
        await kubectl('explain', 'apls.spec.privateEndpoints.dns'),
        await kubectl('explain', 'apls.spec.deletionPolicy'),
        await kubectl('explain', 'asa.spec.machines'),
        await kubectl('explain', 'asa.status'),
      ].join('\n'),
    );
  });
});

describe('kubectl apply', () => {
  it('refuses a wrong object with a sentence that says what to do', async () => {
    const wrong = readFileSync('examples/quickstart.yaml', 'utf8').replaceAll('rg-dns-north', 'rg-dns-hub');
    const { stderr } = await stage.cluster.kubectl(['apply', '--server-side', '-f', '-'], wrong);
    // The namespace exists, the association is taken: only the scope is refused.
    shows('apply-refused', stderr);
    await kubectl('delete', 'asa', '--all', '--timeout=30s');
  });

  it('takes the quickstart server-side', async () => {
    shows('apply', await kubectl('apply', '--server-side', '-f', 'examples/quickstart.yaml'));
  });
});

describe('kubectl get', () => {
  it('shows servers that wait for the scope to accept them', async () => {
    await kubectl('wait', 'apls/plant-network', '--for=condition=Ready', '--timeout=60s');
    await until('the counts are told', async () =>
      (await kubectl('get', 'asa')).includes('WaitingForPropagation'),
    );
    shows('get-propagating', await kubectl('get', 'apls,asa'));
    shows('get-propagating-wide', await kubectl('get', 'apls,asa', '-o', 'wide'));
  }, 90_000);

  it('says in time that a wait was too short', async () => {
    shows(
      'wait-too-short',
      await kubectl('wait', 'asa/plant-servers', '--for=condition=Ready', '--timeout=1s'),
    );
  });

  it('shows rows as they change with -w, until all is ready', async () => {
    const rows = await watched(async () => {
      await kubectl('wait', 'asa/plant-servers', '--for=condition=Ready', '--timeout=60s');
    });
    expect(rows.at(0)).toMatch(/plant-servers +plant-network +9 +0 +8 +1 +False +WaitingForPropagation/);
    expect(rows.at(-1)).toMatch(/plant-servers +plant-network +9 +8 +0 +1 +True +Ready/);
  }, 90_000);

  it('shows that all is well', async () => {
    shows('get', await kubectl('get', 'apls,asa'));
    shows('get-wide', await kubectl('get', 'apls,asa', '-o', 'wide'));
    shows('get-category', await kubectl('get', 'arc'));
    shows('wait', await kubectl('wait', 'apls,asa', '--all', '--for=condition=Ready', '--timeout=10s'));
  });
});

describe('kubectl describe', () => {
  it.each([
    ['describe-scope', 'apls/plant-network'],
    ['describe-association', 'asa/plant-servers'],
  ])('tells everything: %s', async (name, what) => {
    const text = await kubectl('describe', what);
    // Which events came first within a second, and how often they were seen, is not to be compared.
    shows(name, text.split('\nEvents:')[0] ?? '');
  });

  it('ends with events that tell what happened', async () => {
    for (const [name, what] of [
      ['events-scope', 'ArcPrivateLinkScope/plant-network'],
      ['events-association', 'ArcServerAssociation/plant-servers'],
    ] as const) {
      const [, ...rows] = (await kubectl('events', `--for=${what}`)).trim().split('\n');
      // How far the scope was when its association was first told to wait depends on which of the two came first, and how
      // many servers it accepts at once on the moments in which they were associated.
      const told = rows.map((row) =>
        steady(row)
          .replace(/^\S+ +/, '')
          .replace(/(Waiting for ArcPrivateLinkScope \S+) \(.*\)$/, '$1 (…)')
          .replace(/(The scope accepts servers:) .*$/, '$1 …'),
      );
      shows(name, `${[...new Set(told)].sort().join('\n')}\n`);
    }
  });
});

describe('kubectl diff', () => {
  it('shows what an apply would change, and nothing that the operator wrote', async () => {
    const changed = readFileSync('examples/quickstart.yaml', 'utf8').replace(
      'cost-center: plant',
      'cost-center: works',
    );
    const { stdout } = await stage.cluster.kubectl(['diff', '--server-side', '-f', '-'], changed);
    shows('diff', stdout);
    const same = await stage.cluster.kubectl(['diff', '--server-side', '-f', 'examples/quickstart.yaml']);
    expect(same).toMatchObject({ code: 0, stdout: '' });
  });
});

describe('what is wrong, seen with kubectl get -o wide', () => {
  const scope = (name: string, more: object): string =>
    JSON.stringify({
      apiVersion: 'arcprivatelink.io/v1alpha1',
      kind: 'ArcPrivateLinkScope',
      metadata: { name, namespace },
      spec: {
        subscriptionId: '00000000-0000-0000-0000-00000000000a',
        resourceGroup: 'rg-arc',
        location: 'westeurope',
        ...more,
      },
    });
  const network = (vnet: string, subnet = 'endpoints'): string =>
    `/subscriptions/00000000-0000-0000-0000-00000000000a/resourceGroups/rg-network/providers/Microsoft.Network/virtualNetworks/${vnet}/subnets/${subnet}`;
  const cases: Record<string, [reason: string, more: object]> = {
    'missing-secret': ['SecretNotFound', { credentialsSecretRef: { name: 'absent' } }],
    'network-in-use': [
      'VirtualNetworkInUse',
      {
        privateEndpoints: [
          {
            name: 'hub',
            resourceGroup: 'rg-network',
            subnetId: network('vnet-hub'),
            dns: { resourceGroup: 'rg-arc' },
          },
        ],
      },
    ],
    'missing-subnet': [
      'SubnetNotFound',
      {
        privateEndpoints: [
          {
            name: 'hub',
            resourceGroup: 'rg-network',
            subnetId: network('vnet-nowhere'),
            dns: { resourceGroup: 'rg-arc' },
          },
        ],
      },
    ],
    'missing-group': ['ResourceGroupNotFound', { resourceGroup: 'rg-nowhere' }],
  };

  it.each(Object.entries(cases))(
    '%s',
    async (name, [reason, more]) => {
      await stage.cluster.apply(scope(name, more));
      await until(
        `it says ${reason}`,
        async () => (await kubectl('get', `apls/${name}`)).includes(reason),
        30_000,
        () => kubectl('get', `apls/${name}`, '-o', 'wide'),
      );
      shows(`wrong-${name}`, await kubectl('get', `apls/${name}`, '-o', 'wide'));
      expect(await kubectl('delete', `apls/${name}`, '--timeout=30s')).toContain('deleted');
    },
    60_000,
  );

  it('a deletion that waits, and for whom', async () => {
    await kubectl('delete', 'apls/plant-network', '--wait=false');
    await until('it says so', async () => (await kubectl('get', 'apls')).includes('AssociationsExist'));
    shows('wrong-deletion-blocked', await kubectl('get', 'apls', '-o', 'wide'));
    await kubectl('delete', 'asa/plant-servers', '--timeout=60s');
    await kubectl('wait', 'apls/plant-network', '--for=delete', '--timeout=60s');
  }, 150_000);
});

/** The rows that `kubectl get asa -w` printed while the work was done, until it printed that it is ready. */
async function watched(work: () => Promise<void>): Promise<string[]> {
  const { kubectl: program } = await kubernetesBinaries();
  const args = [`--kubeconfig=${stage.cluster.kubeconfig}`, '-n', namespace];
  const child = spawn(program, [...args, 'get', 'asa', '-w', '--no-headers']);
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  try {
    await until('the first row is there', () => text.includes('\n'));
    await work();
    await until('the last row is there', () => / True +Ready/.test(text));
  } finally {
    child.kill();
  }
  return text.trim().split('\n');
}
