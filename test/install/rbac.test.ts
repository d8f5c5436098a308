import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from '@jest/globals';
import { readSeed } from '../world/azure/seed.ts';
import { goldenChart, operatorUser } from '../world/kubernetes/service-account.ts';
import { quickFlags, startStage, type Stage } from '../world/stage.ts';
import { until } from '../world/until.ts';

/** Every verb that the chart grants is needed, and none is missing: told from the API server's audit log. */

const seed = readSeed('examples/quickstart-azure.yaml');
let stage: Stage;
afterEach(() => stage.stop());

interface Rule {
  apiGroups: string[];
  resources: string[];
  resourceNames?: string[];
  verbs: string[];
}

/**
 * Checked by an admission plugin and so without a request of its own: the plugin is on in these tests, and without the
 * rule the creation of a slice is answered by 403.
 */
const askedByAdmission = ['update arcprivatelink.io/arcserverassociations/finalizers'];

/** The chart's rules as `<where> <verb> <group>/<resource>`, `*` standing for all namespaces. */
function granted(profile: string): string[] {
  return goldenChart(profile)
    .filter(({ kind, metadata }) => /^(Cluster)?Role$/.test(kind) && !/-(view|edit)$/.test(metadata.name))
    .flatMap(({ metadata, rules }) =>
      (rules as Rule[]).flatMap(({ apiGroups, resources, verbs }) =>
        apiGroups.flatMap((group) =>
          resources.flatMap((resource) =>
            verbs.map((verb) => `${metadata.namespace ?? '*'} ${verb} ${group}/${resource}`),
          ),
        ),
      ),
    );
}

/** The arguments that the chart gives the operator, but for addresses: each process of the tests has ports of its own. */
function chartArguments(profile: string): string[] {
  const deployment = goldenChart(profile).find(({ kind }) => kind === 'Deployment');
  const spec = deployment?.['spec'] as { template: { spec: { containers: { args: string[] }[] } } };
  return (spec.template.spec.containers[0]?.args ?? []).filter((argument) => !argument.includes('-address='));
}

const requests = () => stage.cluster.audit().filter(({ user }) => user === operatorUser);
const refused = (): string[] =>
  requests()
    .filter(({ code }) => code === 403)
    .map(({ verb, group, resource, namespace }) => `${namespace} ${verb} ${group}/${resource}`);

const waited = (what: string, condition: () => Promise<boolean> | boolean): Promise<void> =>
  until(what, condition, 60_000, async () => {
    const shown = await stage.cluster.kubectl(['get', 'apls,asa', '-A', '-o', 'wide']);
    return `${shown.stdout}\n${refused().join('\n')}`;
  });

/** An install, exports that come, change and go, a selection that shrinks, workload identity, a change of leaders and a deletion. */
async function tour(namespace: string, profile: string): Promise<void> {
  const quickstart = readFileSync('examples/quickstart.yaml', 'utf8').replaceAll('arc-demo', namespace);
  const kubectl = async (...args: string[]): Promise<string> => {
    const result = await stage.cluster.kubectl(['-n', namespace, ...args]);
    expect({ args, ...result }).toMatchObject({ code: 0 });
    return result.stdout;
  };
  const patchSecret = (patch: object): Promise<string> =>
    kubectl('patch', 'secret', 'arc-private-link-credentials', '--type=merge', '-p', JSON.stringify(patch));
  const flags = [...chartArguments(profile), ...quickFlags, '--leader-elect=true'];
  const first = await stage.startOperator(flags);
  await stage.createNamespace(namespace);
  await stage.cluster.apply(quickstart);
  await kubectl('wait', 'apls,asa', '--all', '--for=condition=Ready', '--timeout=60s');
  // The same trouble twice: its event is a series.
  const right = seed.applications[0]?.clientSecret ?? '';
  for (const secret of ['wrong', right, 'wrong', right]) {
    await patchSecret({ stringData: { AZURE_CLIENT_SECRET: secret } });
    const expected = secret === 'wrong' ? 'Ready=False' : 'Ready';
    await kubectl('wait', 'apls', '--all', `--for=condition=${expected}`, '--timeout=60s');
  }
  const patchExports = (exports: object | null): Promise<string> =>
    kubectl('patch', 'apls', 'plant-network', '--type=merge', '-p', JSON.stringify({ spec: { exports } }));
  await patchExports({ dns: { formats: ['Hosts'] } });
  await kubectl('wait', 'apls', '--all', '--for=condition=ExportsReady', '--timeout=60s');
  await patchExports({ dns: { formats: ['Bind'] } });
  await waited('the ConfigMap is another', async () =>
    (await kubectl('get', 'configmap', '-o', 'yaml')).includes('.zone'),
  );
  await patchExports(null);
  await waited(
    'the ConfigMap is gone',
    async () => !(await kubectl('get', 'configmap', '-o', 'yaml')).includes('.zone'),
  );
  await first.stop();
  await stage.startOperator(flags);
  await kubectl('create', 'serviceaccount', 'arc');
  const asked = stage.entraRequests().length;
  await patchSecret({
    stringData: { AUTH_MODE: 'workloadidentity', serviceAccountName: 'arc' },
    data: { AZURE_CLIENT_SECRET: null },
  });
  await waited("a ServiceAccount's token was exchanged", () =>
    stage
      .entraRequests()
      .slice(asked)
      .some((form) => form.has('client_assertion')),
  );
  await kubectl('delete', 'asa', '--all', '--timeout=60s');
  await kubectl('delete', 'apls', '--all', '--timeout=60s');
}

/** What the chart grants and nobody used, and what was asked for and refused. */
function verdict(profile: string): { refused: string[]; unused: string[] } {
  const used = new Set(
    requests().flatMap(({ verb, group, resource, namespace }) => [
      `* ${verb} ${group}/${resource}`,
      `${namespace} ${verb} ${group}/${resource}`,
    ]),
  );
  const unused = granted(profile)
    .filter((one) => !used.has(one))
    .filter((one) => !askedByAdmission.some((exempt) => one.endsWith(exempt)));
  return { refused: refused(), unused };
}

describe("the chart's rights", () => {
  it('are what the operator uses in all namespaces, no more and no less', async () => {
    stage = await startStage({ seed, timeFactor: 20, audit: true });
    await tour('arc-demo', 'default');
    expect(verdict('default')).toEqual({ refused: [], unused: [] });
  }, 180_000);

  it('are what the operator uses in the namespaces it watches, without any cluster-wide right', async () => {
    stage = await startStage({ seed, timeFactor: 20, audit: true, profile: 'namespaced' });
    expect(goldenChart('namespaced').filter(({ kind }) => kind.startsWith('Cluster'))).toEqual([]);
    await tour('arc-north', 'namespaced');
    const { unused, ...rest } = verdict('namespaced');
    expect(rest.refused).toEqual([]);
    // Nothing happened in the other namespace, whose Role is the same.
    expect(unused.filter((one) => !one.startsWith('arc-south '))).toEqual([]);
    const [north, south] = goldenChart('namespaced').filter(
      ({ kind, metadata }) => kind === 'Role' && metadata.namespace?.startsWith('arc-'),
    );
    expect(south?.['rules']).toEqual(north?.['rules']);
  }, 180_000);

  it.each(['arcserverassociations/finalizers', 'arcserverassociationslices', 'secrets'])(
    'are not enough without %s, which the status says',
    async (resource) => {
      stage = await startStage({ seed, timeFactor: 20, audit: true });
      const [role] = goldenChart('default').filter(({ kind }) => kind === 'ClusterRole');
      const rules = ((role?.['rules'] ?? []) as Rule[]).filter(
        ({ resources }) => !resources.includes(resource),
      );
      await stage.cluster.apply(JSON.stringify({ ...role, rules }));
      await stage.startOperator();
      await stage.createNamespace('arc-demo');
      await stage.cluster.apply(readFileSync('examples/quickstart.yaml', 'utf8'));
      await waited('the API server refuses it', () => refused().length > 0);
      await waited('the status says so', async () => {
        const shown = await stage.cluster.kubectl(['-n', 'arc-demo', 'get', 'apls,asa', '-o', 'yaml']);
        return /may not|SecretNotReadable/.test(shown.stdout);
      });
      expect(new Set(refused().map((one) => one.split(' ').at(-1)))).toHaveProperty('size', 1);
    },
    120_000,
  );
});
