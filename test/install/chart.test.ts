import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { startCluster, type Cluster } from '../world/kubernetes/cluster.ts';
import { chart, helm, renderChart, renderProfile, type Helm } from '../world/kubernetes/helm.ts';
import { operatorNamespace, parseManifests } from '../world/kubernetes/service-account.ts';

/** The chart without a release: lint, what it refuses, and whether an API server takes what it renders. */

const profiles = readdirSync(`${chart}/ci`).map((file) => file.replace('-values.yaml', ''));
let cluster: Cluster;
let run: Helm;
beforeAll(async () => {
  cluster = await startCluster({ bare: true });
  run = await helm();
  for (const name of [operatorNamespace, 'arc-north', 'arc-south']) {
    await cluster.apply(`apiVersion: v1\nkind: Namespace\nmetadata:\n  name: ${name}\n`);
  }
  await cluster.apply(readFileSync('test/install/servicemonitor-crd.yaml', 'utf8'));
  await cluster.kubectl(['wait', 'crd', '--all', '--for=condition=Established', '--timeout=30s']);
}, 60_000);
afterAll(() => cluster.stop());

describe('the chart', () => {
  it.each(profiles)('passes the strict lint with the values of profile %s', async (profile) => {
    const result = await run(['lint', '--strict', chart, '--values', `${chart}/ci/${profile}-values.yaml`]);
    expect(result).toMatchObject({ code: 0 });
  });

  it.each(profiles)('renders profile %s as its golden file says', async (profile) => {
    expect(await renderProfile(profile)).toBe(readFileSync(`test/golden/chart/${profile}.yaml`, 'utf8'));
  });

  it.each(profiles)('renders profile %s so that an API server takes every object', async (profile) => {
    const text = await renderChart(['--values', `${chart}/ci/${profile}-values.yaml`]);
    const result = await cluster.kubectl(['apply', '--dry-run=server', '-f', '-'], text);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    const objects = parseManifests(text).filter(({ kind }) => kind !== 'List');
    expect(result.stdout.trim().split('\n')).toHaveLength(objects.length);
  });

  it('installs the kinds as they are in crds/, to be kept at uninstall', async () => {
    const crds = parseManifests(await renderChart()).filter(
      ({ kind }) => kind === 'CustomResourceDefinition',
    );
    const written = readdirSync('crds').map(
      (file) => parse(readFileSync(`crds/${file}`, 'utf8')) as { spec: object },
    );
    expect(crds.map(({ spec }) => spec)).toEqual(written.map(({ spec }) => spec));
    expect(crds.map(({ metadata }) => metadata.annotations?.['helm.sh/resource-policy'])).toEqual([
      'keep',
      'keep',
      'keep',
    ]);
  });

  it('satisfies the restricted Pod security standard in every profile', async () => {
    const level = 'pod-security.kubernetes.io/enforce=restricted';
    await cluster.kubectl(['label', 'namespace', operatorNamespace, '--overwrite', level]);
    for (const profile of profiles) {
      const [deployment] = parseManifests(await renderProfile(profile)).filter(
        ({ kind }) => kind === 'Deployment',
      );
      const { spec } = deployment as unknown as {
        spec: { template: { metadata: object; spec: Record<string, unknown> } };
      };
      // The Pod that the Deployment would make; its priority class and account are the cluster's matter.
      const { serviceAccountName: _account, priorityClassName: _class, ...podSpec } = spec.template.spec;
      const pod = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { ...spec.template.metadata, name: 'probe', namespace: operatorNamespace },
        spec: { ...podSpec, automountServiceAccountToken: false },
      };
      await cluster.kubectl(['-n', operatorNamespace, 'create', 'serviceaccount', 'default']);
      const result = await cluster.kubectl(['create', '--dry-run=server', '-f', '-'], JSON.stringify(pod));
      expect({ profile, ...result }).toMatchObject({ code: 0 });
    }
  });

  it.each([
    [['--set', 'replicas=3'], /'replicas' not allowed|additional properties/i],
    [['--set', 'image.tagg=x'], /'tagg' not allowed|additional properties/i],
    [['--set', 'resyncInterval=soon'], /resyncInterval/],
    [['--set', 'azure.cloud=Mars'], /azure.cloud|azure\/cloud/],
    [['--set', 'leaderElection.enabled=false'], /replicaCount: more than one replica needs/],
    [['--set', 'azure.workloadIdentity=true'], /azure\.workloadIdentity: needs azure\.clientId/],
    [
      ['--set', 'metrics.enabled=false,metrics.serviceMonitor.enabled=true'],
      /metrics\.serviceMonitor\.enabled: needs/,
    ],
  ])('refuses %j with a sentence', async (args, sentence) => {
    await expect(renderChart(args)).rejects.toThrow(sentence);
  });
});
