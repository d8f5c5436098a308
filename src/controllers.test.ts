import { describe, expect, it } from '@jest/globals';
import { readConfig } from './config.ts';
import { reconcilerDeps } from './controllers.ts';
import { silentLogger } from './base/log.ts';
import { noMetrics } from './base/metrics.ts';
import { Store } from './runtime/store.ts';
import { VirtualClock } from '../test/world/clock.ts';
import { FakeKubernetes } from '../test/world/kubernetes/fake.ts';

/** Every value that can be reached from here without calling a function. */
function reachable(from: unknown, seen = new Set<unknown>()): Set<unknown> {
  if (seen.has(from)) return seen;
  seen.add(from);
  if (typeof from !== 'object' || from === null) return seen;
  for (const value of Object.values(from)) reachable(value, seen);
  if (from instanceof Map || from instanceof Set) for (const value of from.values()) reachable(value, seen);
  return seen;
}

describe('what the reconcilers are given', () => {
  const secret = 'never-to-be-seen';
  const environment = { AZURE_TENANT_ID: 'tenant', AZURE_CLIENT_ID: 'client', AZURE_CLIENT_SECRET: secret };
  const config = readConfig([], environment);
  const clock = new VirtualClock();
  const { engine, scope, association } = reconcilerDeps(
    {
      config,
      client: new FakeKubernetes({ clock }),
      clock,
      random: () => 0,
      log: silentLogger,
      metrics: noMetrics,
      ownerId: 'cluster',
      userAgent: 'test',
      instance: 'test',
    },
    {
      scopes: new Store(),
      associations: new Store(),
      verifier: {
        found: () => undefined,
        resolving: { allowed: config.allowedResolverCidrs, own: undefined },
      },
      events: { event: () => {}, flush: () => Promise.resolve() },
      azureFor: () => Promise.reject(new Error('nobody asks')),
    },
  );

  it.each([
    ['the engine', engine],
    ['scopes', scope],
    ['associations', association],
  ])('for %s holds no secret of the configuration', (_, deps) => {
    expect(reachable(config)).toContain(secret);
    expect(reachable(deps)).not.toContain(secret);
    expect(reachable(deps)).not.toContain(config);
  });

  it('holds their settings', () => {
    expect(engine.settings).toEqual({
      stallAfterMs: 600_000,
      resyncIntervalMs: 900_000,
      managementPolicy: 'Manage',
      allowedSubscriptions: [],
    });
    const settings = { ownerId: 'cluster', machinePollIntervalMs: 300_000, managementPolicy: 'Manage' };
    expect(scope.settings).toEqual({ ...settings, allowedSubscriptions: [] });
    expect(association.settings).toEqual({ ...settings, propagationWindowMs: 900_000 });
  });
});
