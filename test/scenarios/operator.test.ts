import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { associations, scopes, slices } from '../../src/api/resources.ts';
import { findCondition } from '../../src/runtime/conditions.ts';
import { readSeed } from '../world/azure/seed.ts';
import { credentialsSecret, startStage, type Stage } from '../world/stage.ts';
import { operatorNamespace } from '../world/kubernetes/service-account.ts';
import { until as waitUntil } from '../world/until.ts';
import { runOperator, type OperatorProcess } from '../world/operator.ts';

/** The bundle as a process, on a real API server and the simulated Azure over HTTPS: the quickstart, disturbed. */

const seed = readSeed('examples/quickstart-azure.yaml');
const quickstart = readFileSync('examples/quickstart.yaml', 'utf8');
const namespace = 'arc-demo';
let stage: Stage;
let before: unknown;
const started: OperatorProcess[] = [];

beforeAll(async () => {
  stage = await startStage({ seed, timeFactor: 20, recordTo: '.cache/exchanges/operator.jsonl' });
  before = stage.portal.picture();
}, 120_000);
afterAll(() => stage.stop());
afterEach(async () => {
  // Each test ends with Azure as it was; where the operators have gone, a new one cleans up.
  if (started.length === 0) await start();
  await stage.cluster.kubectl(['delete', 'namespace', namespace, '--ignore-not-found', '--wait=false']);
  await until(
    'the namespace is gone',
    async () => (await stage.cluster.kubectl(['get', 'namespace', namespace])).code !== 0,
    60_000,
  );
  if (!isDeepStrictEqual(stage.portal.picture(), before))
    throw new Error('Azure is not as it was before the test');
  await Promise.all(started.splice(0).map((one) => one.stop()));
}, 90_000);

const start = async (flags: readonly string[] = [], environment = {}): Promise<OperatorProcess> => {
  const operator = await stage.startOperator(flags, environment);
  started.push(operator);
  return operator;
};

const until = (what: string, condition: () => Promise<boolean>, limitMs = 45_000): Promise<void> =>
  waitUntil(what, condition, limitMs, async () => {
    const { stdout } = await stage.cluster.kubectl(['-n', namespace, 'get', 'apls,asa', '-o', 'wide']);
    const logs = started.at(-1)?.logs.slice(-10) ?? [];
    return `${stdout}\n${logs.map((line) => JSON.stringify(line)).join('\n')}`;
  });

const ready = async (kind: typeof scopes | typeof associations, name: string): Promise<string> => {
  const object = await stage.client.get<{
    metadata: { name: string };
    status?: { conditions?: Parameters<typeof findCondition>[0] };
  }>(kind, { namespace, name });
  const condition = findCondition(object?.status?.conditions, 'Ready');
  return `${condition?.status} ${condition?.reason}`;
};
const allReady = async (): Promise<boolean> =>
  (await ready(scopes, 'plant-network')) === 'True Ready' &&
  (await ready(associations, 'plant-servers')) === 'True Ready';
const created = (type: string, since = 0): number =>
  stage.world.exchanges
    .slice(since)
    .filter((one) => one.method === 'PUT' && one.status === 201 && one.type === type).length;
const patched = (since = 0): string[] =>
  stage.world.exchanges
    .slice(since)
    .filter(({ method, status }) => method === 'PATCH' && status === 200)
    .map(({ path }) => path);

describe('the operator as a process', () => {
  it('makes the quickstart ready, is then silent, and shows it in kubectl', async () => {
    const operator = await start();
    const mark = stage.world.exchanges.length;
    await stage.createNamespace(namespace);
    await stage.cluster.apply(quickstart);
    await until('all is ready', allReady);
    expect(created('microsoft.network/privateendpoints', mark)).toBe(2);
    expect(patched(mark)).toHaveLength(8);
    const table = (await stage.cluster.kubectl(['-n', namespace, 'get', 'apls,asa'])).stdout;
    expect(table).toMatch(/plant-network\s+westeurope\s+Disabled\s+2\/2\s+8\s+True\s+Ready/);
    expect(table).toMatch(/plant-servers\s+plant-network\s+9\s+8\s+0\s+1\s+True\s+Ready/);
    const waited = await stage.cluster.kubectl([
      '-n',
      namespace,
      'wait',
      'asa/plant-servers',
      '--for=condition=Ready',
      '--timeout=5s',
    ]);
    expect(waited.code).toBe(0);
    const events = (await stage.cluster.kubectl(['-n', namespace, 'events'])).stdout;
    expect(events).toContain('Servers of another scope are refused: shared-historian');
    expect(await (await fetch(`${operator.metricsUrl}/metrics`)).text()).toContain(
      'controller_runtime_reconcile_total{controller="arcserverassociation"',
    );
    const secret = seed.applications[0]?.clientSecret ?? '';
    expect(JSON.stringify(operator.logs)).not.toContain(secret);
    expect(events + table).not.toContain(secret);
  }, 90_000);

  it('is killed again and again on the way, and the end is the same with nothing made twice', async () => {
    const mark = stage.world.exchanges.length;
    await stage.createNamespace(namespace);
    await stage.cluster.apply(quickstart);
    for (const milliseconds of [150, 400, 700, 300, 900, 500]) {
      const operator = await stage.startOperator();
      await pause(milliseconds);
      await operator.stop('SIGKILL');
    }
    await start();
    await until('all is ready', allReady);
    expect(created('microsoft.network/privateendpoints', mark)).toBe(2);
    const targets = patched(mark);
    // A PATCH whose answer was lost is sent once more; never is another server touched.
    expect(new Set(targets).size).toBe(8);
    expect(targets.some((path) => path.includes('historian') || path.includes('office'))).toBe(false);
  }, 90_000);

  it('runs twice at once without a leader, and nothing is made twice', async () => {
    const mark = stage.world.exchanges.length;
    await Promise.all([start(), start()]);
    await stage.createNamespace(namespace);
    await stage.cluster.apply(quickstart);
    await until('all is ready', allReady);
    expect(created('microsoft.network/privateendpoints', mark)).toBe(2);
    expect(new Set(patched(mark)).size).toBe(8);
    const { items } = await stage.client.list(slices, { namespace });
    const ids = items.flatMap(({ machines }) => machines.map(({ id }) => id));
    expect(ids).toHaveLength(new Set(ids).size);
  }, 90_000);

  it('says what is wrong with its credentials, and goes on without a restart when they are mended', async () => {
    await start();
    await stage.cluster.apply(`apiVersion: v1\nkind: Namespace\nmetadata:\n  name: ${namespace}\n`);
    await stage.cluster.apply(quickstart);
    await until(
      'it misses the Secret',
      async () => (await ready(scopes, 'plant-network')) === 'False OperatorIdentityNotAllowed',
    );
    const wrong = {
      ...seed,
      applications: [{ clientId: seed.applications[0]?.clientId ?? '', clientSecret: 'wrong-secret' }],
    };
    await stage.cluster.apply(credentialsSecret(namespace, wrong));
    await until(
      'Entra ID refuses',
      async () => (await ready(scopes, 'plant-network')) === 'False AuthenticationFailed',
    );
    const shown = (await stage.cluster.kubectl(['-n', namespace, 'get', 'apls', '-o', 'yaml'])).stdout;
    expect(shown).toContain('AADSTS7000215');
    expect(shown).not.toContain('wrong-secret');
    await stage.cluster.apply(credentialsSecret(namespace, seed));
    await until('all is ready', allReady, 80_000);
  }, 150_000);

  it("uses its own identity where the flag allows it, and a ServiceAccount's token for workload identity", async () => {
    const [application] = seed.applications;
    const own = {
      AZURE_TENANT_ID: seed.tenantId,
      AZURE_CLIENT_ID: application?.clientId ?? '',
      AZURE_CLIENT_SECRET: application?.clientSecret ?? '',
    };
    await start([`--operator-identity-namespaces=${namespace}`], own);
    await stage.cluster.apply(`apiVersion: v1\nkind: Namespace\nmetadata:\n  name: ${namespace}\n`);
    await stage.cluster.apply(quickstart);
    await until('all is ready', allReady);
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'arc', namespace } };
    await stage.cluster.apply(JSON.stringify(account));
    const { AZURE_CLIENT_SECRET: _none, ...identity } = own;
    const stringData = { ...identity, AUTH_MODE: 'workloadidentity', serviceAccountName: 'arc' };
    const metadata = { name: 'arc-private-link-credentials', namespace };
    const mark = stage.entraRequests().length;
    const discovery = await stage.cluster.kubectl(['get', '--raw', '/.well-known/openid-configuration']);
    const { issuer } = JSON.parse(discovery.stdout) as { issuer: string };
    const subject = `system:serviceaccount:${namespace}:arc`;
    stage.azure.entra.trust(own.AZURE_CLIENT_ID, { issuer, subject, audience: 'api://AzureADTokenExchange' });
    await stage.cluster.apply(JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata, stringData }));
    const assertion = (): string | null =>
      stage.entraRequests().slice(mark).at(-1)?.get('client_assertion') ?? null;
    await until(
      'a ServiceAccount token has been exchanged',
      async () => await Promise.resolve(assertion() !== null),
    );
    const payload = JSON.parse(
      Buffer.from(assertion()?.split('.')[1] ?? '', 'base64url').toString('utf8'),
    ) as object;
    expect(payload).toMatchObject({
      sub: `system:serviceaccount:${namespace}:arc`,
      aud: ['api://AzureADTokenExchange'],
    });
    await until('all is ready', allReady);
  }, 120_000);

  it('puts right what a person does in the portal', async () => {
    await start();
    await stage.createNamespace(namespace);
    await stage.cluster.apply(quickstart);
    await until('all is ready', allReady);
    const endpoint = `/subscriptions/00000000-0000-0000-0000-00000000000a/resourceGroups/rg-network/providers/Microsoft.Network/privateEndpoints/plant-network-hub`;
    stage.portal.delete(endpoint);
    await until(
      'the endpoint is back',
      async () =>
        stage.portal.get(endpoint)?.properties['provisioningState'] === 'Succeeded' && (await allReady()),
    );
    expect(stage.portal.need(endpoint).tags).toMatchObject({ 'cost-center': 'plant' });
  }, 120_000);
});

describe('the process', () => {
  it.each([
    [
      ['--resync-interval=soon'],
      {},
      2,
      /^--resync-interval: "soon" is not a duration such as 30s, 15m or 1h\.\n$/,
    ],
    [['--no-such-flag'], {}, 2, /^Unknown option '--no-such-flag'; --help lists the flags\.\n$/],
    [
      [],
      { ARC_PRIVATE_LINK_LOG_LEVEL: 'loud' },
      2,
      /^--log-level: "loud" is none of debug, info, warn, error\.\n$/,
    ],
    [['--kubeconfig=/nowhere'], {}, 2, /^--kubeconfig: [^\n]+\.\n$/],
  ])('ends with one sentence for %j %j', async (flags, environment, code, text) => {
    const result = await runOperator(flags, environment);
    expect(result.code).toBe(code);
    expect(result.stderr).toMatch(text);
  });

  it('prints its version', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(await runOperator(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n` });
  });

  it('hands over its lease when it is asked to stop, and ends with 1 when it loses it', async () => {
    const leading = (operator: OperatorProcess): boolean =>
      operator.logs.some(({ msg }) => msg === 'leading');
    const first = await start(['--leader-elect=true']);
    await until('the first one leads', async () => await Promise.resolve(leading(first)));
    const second = await start(['--leader-elect=true']);
    expect(leading(second)).toBe(false);
    expect(await first.stop()).toBe(0);
    await until('the second one leads', async () => await Promise.resolve(leading(second)), 10_000);
    await stage.cluster.apply(
      JSON.stringify({
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name: 'arc-private-link-operator', namespace: operatorNamespace },
        spec: { holderIdentity: 'usurper', leaseDurationSeconds: 600 },
      }),
    );
    expect(await second.exited).toBe(1);
    started.splice(0);
    await stage.cluster.kubectl(['-n', operatorNamespace, 'delete', 'lease', 'arc-private-link-operator']);
  }, 60_000);
});
