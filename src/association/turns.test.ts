import { expect, it } from '@jest/globals';
import { associations } from '../api/resources.ts';
import type { ArcPrivateLinkScope, ArcServerAssociation } from '../api/types.ts';
import { silentLogger } from '../base/log.ts';
import { createReconciler } from '../engine/lifecycle.ts';
import { Store } from '../runtime/store.ts';
import { connect } from '../../test/world/azure/connect.ts';
import { namespace } from '../../test/world/laboratory.ts';
import { associationObject } from '../../test/world/objects.ts';
import { ServersLab } from '../../test/world/servers.ts';
import { otherScopeId } from '../../test/world/small-seed.ts';
import { associationKind } from './kind.ts';

const minute = 60_000;

it('takes servers one look each where listing the subscription takes longer than a look is good for', async () => {
  const lab = new ServersLab();
  lab.plant('many', { count: 120 });
  lab.portal.set(otherScopeId, { publicNetworkAccess: 'Enabled' });
  const { clock, kubernetes: client, world } = lab;
  const { azure } = connect(world, {
    intercept: async (request, send) => {
      if (request.url.pathname.endsWith('/machines')) await clock.sleep(70_000);
      return send();
    },
  });
  await client.create(
    associations,
    associationObject({ scopeRef: undefined, scopeResourceId: otherScopeId }),
  );
  const deps = {
    client,
    scopes: new Store<ArcPrivateLinkScope>(),
    associations: new Store<ArcServerAssociation>(),
    clock,
    log: silentLogger,
    events: { event: () => {}, flush: async () => await Promise.resolve() },
    azureFor: async () => await Promise.resolve(azure),
    worksOn: () => true,
    settings: {
      machinePollIntervalMs: 5 * minute,
      propagationWindowMs: 15 * minute,
      resyncIntervalMs: 15 * minute,
      stallAfterMs: 10 * minute,
      ownerId: 'cluster',
      managementPolicy: 'Manage' as const,
      allowedSubscriptions: [],
    },
  };
  const reconcile = createReconciler(deps, associationKind(deps));
  const context = { signal: new AbortController().signal, log: silentLogger };
  for (let pass = 0; pass < 12 && lab.patches().length < 124; pass += 1) {
    let over = false;
    void reconcile({ namespace, name: 'servers' }, context).then(() => (over = true));
    await clock.until(() => over);
    await clock.advance(5_000);
  }
  expect(new Set(lab.patches()).size).toBe(124);
  expect(lab.patches()).toHaveLength(124);
  for (const { path, atMs } of lab.machineCalls('PATCH')) {
    const looks = lab.machineCalls('GET').filter((one) => one.path === path && one.atMs <= atMs);
    expect(looks).toHaveLength(1);
    expect(atMs - (looks[0]?.atMs ?? 0)).toBeLessThanOrEqual(minute);
  }
});
