import { describe, expect, it } from '@jest/globals';
import { associations, scopes } from '../../src/api/resources.ts';
import { Laboratory, namespace } from '../world/laboratory.ts';
import { associationObject, scopeObject } from '../world/objects.ts';
import { plantServers } from '../world/azure/seed.ts';
import { endpointId, idOf, scopeId, smallSeed } from '../world/small-seed.ts';
import { installTools } from '../world/kubernetes/tools.ts';
import { succeed } from '../world/run.ts';

/**
 * How the tools that people wait with read what the operator really wrote: kstatus (Flux, kapply, Helm 4) and Argo CD with
 * the health check that is shipped. The table of docs/status.md says the same.
 */

const minute = 60_000;
const [scopeKey, associationKey] = [
  { namespace, name: 'net' },
  { namespace, name: 'servers' },
];

interface Row {
  kind: 'scope' | 'association';
  kstatus: 'InProgress' | 'Current' | 'Failed' | 'Terminating';
  health: 'Healthy' | 'Progressing' | 'Degraded' | 'Suspended';
  /** Brings the laboratory there; objects `net` and `servers` are made by it. */
  reach: (this: void, lab: Laboratory) => Promise<void>;
}

const makeScope = async (lab: Laboratory, more: Record<string, unknown> = {}): Promise<void> => {
  await lab.kubernetes.create(scopes, scopeObject(more));
};
const makeAssociation = async (lab: Laboratory, more: Record<string, unknown> = {}): Promise<void> => {
  await lab.kubernetes.create(associations, associationObject(more));
};
const scopeIs = (lab: Laboratory, state: string): Promise<void> =>
  lab.until(async () => (await lab.condition(lab.scope('net'))) === state, 60 * minute);
const associationIs = (lab: Laboratory, state: string): Promise<void> =>
  lab.until(async () => (await lab.condition(lab.association('servers'))) === state, 120 * minute);
const readyScope = async (lab: Laboratory): Promise<void> => {
  await makeScope(lab);
  lab.start();
  await scopeIs(lab, 'True Ready');
};
const readyAssociation = async (lab: Laboratory): Promise<void> => {
  await makeScope(lab);
  await makeAssociation(lab);
  lab.start();
  await associationIs(lab, 'True Ready');
};

const rows: Record<string, Row> = {
  'a scope that nobody has looked at yet': {
    kind: 'scope',
    kstatus: 'InProgress',
    health: 'Progressing',
    reach: (lab) => makeScope(lab),
  },
  'a scope whose endpoint is being made': {
    kind: 'scope',
    kstatus: 'InProgress',
    health: 'Progressing',
    async reach(lab) {
      await makeScope(lab);
      lab.start();
      await scopeIs(lab, 'False Provisioning');
    },
  },
  'a scope whose Secret is not there yet': {
    kind: 'scope',
    kstatus: 'InProgress',
    health: 'Progressing',
    async reach(lab) {
      await makeScope(lab, { credentialsSecretRef: { name: 'later' } });
      lab.start();
      await scopeIs(lab, 'False SecretNotFound');
    },
  },
  'a scope whose Secret has not come for ten minutes': {
    kind: 'scope',
    kstatus: 'Failed',
    health: 'Degraded',
    async reach(lab) {
      await makeScope(lab, { credentialsSecretRef: { name: 'never' } });
      lab.start();
      await lab.clock.advance(15 * minute);
    },
  },
  'a scope whose connection waits for a manual approval': {
    kind: 'scope',
    kstatus: 'InProgress',
    health: 'Progressing',
    async reach(lab) {
      const { spec } = scopeObject();
      const [endpoint] = spec.privateEndpoints ?? [];
      await makeScope(lab, { privateEndpoints: [{ ...endpoint, approval: 'Manual' }] });
      lab.start();
      await scopeIs(lab, 'False AwaitingApproval');
    },
  },
  'a scope whose connection was rejected': {
    kind: 'scope',
    kstatus: 'Failed',
    health: 'Degraded',
    async reach(lab) {
      await readyScope(lab);
      lab.portal.decide(endpointId, 'Rejected');
      await scopeIs(lab, 'False ConnectionRejected');
    },
  },
  'a scope in a VNet that has another one': {
    kind: 'scope',
    kstatus: 'Failed',
    health: 'Degraded',
    async reach(lab) {
      await lab.kubernetes.create(scopes, scopeObject({}, 'first'));
      lab.start();
      await lab.until(async () => (await lab.condition(lab.scope('first'))) === 'True Ready');
      await makeScope(lab);
      await scopeIs(lab, 'False VirtualNetworkInUse');
    },
  },
  'a scope that is ready': {
    kind: 'scope',
    kstatus: 'Current',
    health: 'Healthy',
    async reach(lab) {
      await readyScope(lab);
    },
  },
  'a ready scope whose spec has just changed': {
    kind: 'scope',
    kstatus: 'InProgress',
    health: 'Progressing',
    async reach(lab) {
      await readyScope(lab);
      await lab.stop();
      await lab.kubernetes.patch(scopes, scopeKey, { spec: { tags: { team: 'plant' } } });
    },
  },
  'a ready scope that is suspended': {
    kind: 'scope',
    kstatus: 'Current',
    health: 'Suspended',
    async reach(lab) {
      await readyScope(lab);
      await lab.kubernetes.patch(scopes, scopeKey, { spec: { suspend: true } });
      await lab.until(async () => (await lab.condition(lab.scope('net'), 'Suspended')) === 'True Suspended');
    },
  },
  'a scope that is being deleted': {
    kind: 'scope',
    kstatus: 'Terminating',
    health: 'Progressing',
    async reach(lab) {
      await readyScope(lab);
      await lab.kubernetes.delete(scopes, scopeKey);
      await lab.clock.advance(1_000);
    },
  },
  'a scope whose deletion waits for servers': {
    kind: 'scope',
    kstatus: 'Terminating',
    health: 'Degraded',
    async reach(lab) {
      await readyScope(lab);
      lab.portal.moveServer(idOf('rg', 'Microsoft.HybridCompute/machines', 'office'), scopeId);
      await lab.kubernetes.delete(scopes, scopeKey);
      await lab.until(
        async () => (await lab.condition(lab.scope('net'), 'DeletionBlocked')) === 'True ServersAssociated',
        60 * minute,
      );
    },
  },
  'an association whose scope is not there yet': {
    kind: 'association',
    kstatus: 'InProgress',
    health: 'Progressing',
    async reach(lab) {
      await makeAssociation(lab);
      lab.start();
      await associationIs(lab, 'False ScopeNotFound');
    },
  },
  'an association whose servers wait for the scope to accept them': {
    kind: 'association',
    kstatus: 'InProgress',
    health: 'Progressing',
    async reach(lab) {
      await makeScope(lab);
      await makeAssociation(lab);
      lab.start();
      await associationIs(lab, 'False WaitingForPropagation');
    },
  },
  'an association that is ready, with servers that were refused': {
    kind: 'association',
    kstatus: 'Current',
    health: 'Healthy',
    async reach(lab) {
      await readyAssociation(lab);
    },
  },
  'an association that servers join later': {
    kind: 'association',
    kstatus: 'Current',
    health: 'Healthy',
    async reach(lab) {
      await readyAssociation(lab);
      plantServers(lab.world, {
        subscriptionId: smallSeed.servers?.[0]?.subscriptionId ?? '',
        resourceGroup: 'rg',
        name: 'late',
        location: 'westeurope',
        tags: { site: 'plant' },
      });
      await lab.until(
        async () => ((await lab.association('servers'))?.status?.propagating ?? 0) > 0,
        60 * minute,
      );
    },
  },
  'an association that matches no server': {
    kind: 'association',
    kstatus: 'Current',
    health: 'Healthy',
    async reach(lab) {
      await makeScope(lab);
      await makeAssociation(lab, { machines: { tagSelector: { matchTags: { site: 'nowhere' } } } });
      lab.start();
      await associationIs(lab, 'True Ready');
    },
  },
  'an association that is being deleted': {
    kind: 'association',
    kstatus: 'Terminating',
    health: 'Progressing',
    async reach(lab) {
      await readyAssociation(lab);
      await lab.stop();
      await lab.kubernetes.delete(associations, associationKey);
    },
  },
};

interface Verdict {
  kstatus: string;
  health: string;
  message: string;
}

async function judged(objects: readonly object[]): Promise<Verdict[]> {
  const { status } = await installTools();
  const text = await succeed(status, ['deploy/argocd/health.lua'], { input: JSON.stringify(objects) });
  return JSON.parse(text) as Verdict[];
}

describe('kstatus and Argo CD read', () => {
  it.each(Object.entries(rows))('%s as they should', async (_name, { kind, kstatus, health, reach }) => {
    const lab = new Laboratory(smallSeed);
    await lab.createSecret();
    await reach(lab);
    const object = await (kind === 'scope' ? lab.scope('net') : lab.association('servers'));
    await lab.stop();
    const [verdict] = await judged([object ?? {}]);
    expect({ ...verdict, conditions: object?.status?.conditions }).toMatchObject({ kstatus, health });
    expect(verdict?.message).not.toBe('');
  });
});
