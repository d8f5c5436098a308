import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { secrets } from './resources.ts';
import { scopes } from '../api/resources.ts';
import type { ArcPrivateLinkScope } from '../api/types.ts';
import { findCondition } from '../runtime/conditions.ts';
import { Laboratory, namespace, secretData } from '../../test/world/laboratory.ts';
import { scopeObject } from '../../test/world/objects.ts';
import { smallSeed } from '../../test/world/small-seed.ts';

/** Two teams of two tenants: what happens to the identity of one must not reach the other. */
const other = {
  namespace: 'other',
  tenantId: '33333333-3333-3333-3333-333333333333',
  clientId: '44444444-4444-4444-4444-444444444444',
};
const [own] = smallSeed.applications;
const seed = {
  ...smallSeed,
  applications: [
    ...smallSeed.applications,
    { clientId: other.clientId, clientSecret: 'others', tenantId: other.tenantId },
  ],
};

describe('the identity of one namespace', () => {
  let lab: Laboratory;
  beforeEach(async () => {
    lab = new Laboratory(seed, { entra: true });
    await lab.createSecret();
    const data = {
      AZURE_TENANT_ID: other.tenantId,
      AZURE_CLIENT_ID: other.clientId,
      AZURE_CLIENT_SECRET: 'others',
    };
    await lab.createSecret(data, other.namespace);
    lab.start();
  });
  afterEach(() => lab.stop());

  const make = async (where: string, name: string): Promise<void> => {
    const object = scopeObject({ privateEndpoints: [], azureName: `${where}-${name}` }, name);
    await lab.kubernetes.create(scopes, { ...object, metadata: { namespace: where, name } });
  };
  const get = async (where: string, name: string): Promise<ArcPrivateLinkScope | undefined> =>
    await lab.kubernetes.get(scopes, { namespace: where, name });
  const ready = async (where: string, name = 'net'): Promise<string> => await lab.condition(get(where, name));
  const becomes = async (where: string, state: string, limitMs?: number): Promise<void> =>
    await lab.until(async () => (await ready(where)) === state, limitMs);

  it('whose secret is revoked works to the end of its token, then says so, and nobody else notices', async () => {
    await make(namespace, 'net');
    await make(other.namespace, 'net');
    await becomes(namespace, 'True Ready');
    await becomes(other.namespace, 'True Ready');
    lab.entra.revokeSecret(other.clientId, 'others');
    await lab.clock.advance(45 * 60_000);
    expect(await ready(other.namespace)).toBe('True Ready');
    await becomes(other.namespace, 'False AuthenticationFailed');
    await lab.clock.advance(2 * 3_600_000);
    expect(await ready(namespace)).toBe('True Ready');
    await make(namespace, 'another');
    await lab.until(async () => (await ready(namespace, 'another')) === 'True Ready', 60_000);
    const renewed = {
      ...secretData({
        AZURE_TENANT_ID: other.tenantId,
        AZURE_CLIENT_ID: other.clientId,
        AZURE_CLIENT_SECRET: 'new',
      }),
    };
    lab.entra.addSecret(other.clientId, 'new');
    await lab.kubernetes.patch(
      secrets,
      { namespace: other.namespace, name: 'arc-private-link-credentials' },
      { data: renewed },
    );
    await becomes(other.namespace, 'True Ready', 150_000);
  });

  it('that is refused is told once: nothing is written while nothing changes', async () => {
    lab.entra.revokeSecret(other.clientId, 'others');
    await make(other.namespace, 'net');
    await becomes(other.namespace, 'False AuthenticationFailed');
    await lab.clock.advance(15 * 60_000);
    const [writes, requests] = [lab.kubernetes.writes().length, lab.entra.requests.length];
    await lab.clock.advance(3_600_000);
    expect(lab.kubernetes.writes()).toHaveLength(writes);
    expect(lab.entra.requests.length - requests).toBeLessThan(60);
  });

  it('whose tenant is silent holds nobody up, and goes on within half a minute', async () => {
    lab.entra.troubles.set(other.tenantId, 'silent');
    for (let count = 0; count < 10; count += 1) await make(other.namespace, `net-${count}`);
    await make(other.namespace, 'net');
    await lab.clock.advance(1_000);
    await make(namespace, 'net');
    await becomes(namespace, 'True Ready', 20_000);
    await becomes(other.namespace, 'False AuthenticationUnavailable', 60_000);
    await lab.clock.advance(600_000);
    const begun = lab.clock.now();
    await make(namespace, 'another');
    await lab.until(async () => (await ready(namespace, 'another')) === 'True Ready', 10_000);
    lab.entra.troubles.clear();
    await lab.clock.advance(30_000);
    await becomes(other.namespace, 'True Ready', 10_000);
    const all = await Promise.all(
      Array.from({ length: 10 }, (_, count) => ready(other.namespace, `net-${count}`)),
    );
    expect(new Set(all)).toEqual(new Set(['True Ready']));
    expect(lab.clock.now() - begun).toBeLessThan(60_000);
  });

  it('whose tokens are withdrawn has new ones before anybody sees a fault', async () => {
    await make(namespace, 'net');
    await becomes(namespace, 'True Ready');
    const seen = new Set<string>();
    const watch = async (): Promise<void> => {
      for (let minute = 0; minute < 20; minute += 1) {
        await lab.clock.advance(60_000);
        seen.add(await ready(namespace));
      }
    };
    lab.entra.revokeAll();
    await watch();
    lab.entra.demand({ nbf: { essential: true, value: '1790000000' } });
    await watch();
    expect(seen).toEqual(new Set(['True Ready']));
    expect(lab.entra.requests).toHaveLength(3);
  });

  it('is asked for a token once an hour, whatever happens in between', async () => {
    await make(namespace, 'net');
    await becomes(namespace, 'True Ready');
    await lab.clock.advance(10 * 3_600_000);
    expect(lab.entra.requests.length).toBeGreaterThan(9);
    expect(lab.entra.requests.length).toBeLessThan(13);
    expect(lab.entra.requests.every((form) => form.get('client_id') === own?.clientId)).toBe(true);
    expect(findCondition((await get(namespace, 'net'))?.status?.conditions, 'Ready')?.status).toBe('True');
  });
});
