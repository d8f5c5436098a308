import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { plantServers } from './azure/seed.ts';
import { Laboratory, namespace } from './laboratory.ts';
import { associationObject, scopeObject } from './objects.ts';
import { compare, sorted } from './planned.ts';
import {
  endpointId,
  hisZone,
  hub,
  otherScopeId,
  scopeId,
  serverId,
  smallSeed,
  spoke,
  subscription,
} from './small-seed.ts';
import { associations, scopes } from '../../src/api/resources.ts';

/** Observe plans the calls that Manage makes, no more and no fewer, whatever the world. */

interface Setting {
  scope?: Record<string, unknown>;
  association?: Record<string, unknown> | 'none';
}

async function world({ scope = {}, association = {} }: Setting = {}): Promise<Laboratory> {
  const lab = new Laboratory(smallSeed);
  await lab.createSecret();
  await lab.kubernetes.create(scopes, scopeObject(scope));
  if (association !== 'none') await lab.kubernetes.create(associations, associationObject(association));
  return lab;
}

/** The same, built up and settled by an operator that has stopped since. */
async function settledWorld(setting?: Setting): Promise<Laboratory> {
  const lab = await world(setting);
  lab.start();
  await lab.until(async () => (await lab.condition(lab.scope('net'))) === 'True Ready');
  await lab.clock.advance(40 * 60_000);
  await lab.stop();
  return lab;
}

/** What people do behind the operator. */
const disturbances: Record<string, (lab: Laboratory) => void> = {
  'an endpoint deleted': ({ portal }) => portal.delete(endpointId),
  'a zone deleted': ({ portal }) => portal.delete(hisZone),
  'a zone group deleted': ({ portal }) =>
    portal.delete(`${endpointId}/privateDnsZoneGroups/arc-private-link`),
  'a tag lost on the scope': ({ portal }) =>
    portal.tag(scopeId, { 'arc-private-link-operator': 'cluster/lab/net' }),
  'public access enabled': ({ portal }) => portal.set(scopeId, { publicNetworkAccess: 'Enabled' }),
  'a server taken out': ({ portal }) => portal.moveServer(serverId('web-1'), ''),
  'a server moved away': ({ portal }) => portal.moveServer(serverId('web-2'), otherScopeId),
  'a server added': ({ world: azure }) =>
    plantServers(azure, {
      subscriptionId: subscription,
      resourceGroup: 'rg',
      name: 'late',
      location: 'westeurope',
      tags: { site: 'plant' },
    }),
};

describe('Observe plans what Manage then does', () => {
  it('on an Azure that has nothing yet', async () => {
    const compared = await compare(await world());
    expect(compared.planned.length).toBeGreaterThan(10);
    expect(sorted(compared).made).toEqual(sorted(compared).planned);
    expect(compared.tooEarly).toEqual([]);
  });

  it('with an endpoint that a person has to approve, and one without zones', async () => {
    const lab = await world({
      scope: {
        privateEndpoints: [
          {
            name: 'hub',
            subnetId: `${hub}/subnets/pe`,
            approval: 'Manual',
            dns: { resourceGroup: 'rg-dns' },
          },
          { name: 'spoke', subnetId: `${spoke}/subnets/pe`, dns: { mode: 'None' } },
        ],
      },
    });
    const compared = await compare(lab, ({ portal }) => portal.decide(endpointId, 'Approved'));
    expect(sorted(compared).made).toEqual(sorted(compared).planned);
  });

  it('when all is as it shall be: nothing', async () => {
    const compared = await compare(await settledWorld());
    expect(sorted(compared)).toEqual({ planned: [], made: [] });
  });

  it('with servers of another scope under Move', async () => {
    const compared = await compare(await world({ association: { conflictPolicy: 'Move' } }));
    expect(compared.planned.filter((call) => call.startsWith('PATCH'))).toHaveLength(5);
    expect(sorted(compared).made).toEqual(sorted(compared).planned);
  });

  it('when an endpoint leaves the spec', async () => {
    const lab = await settledWorld({ association: 'none' });
    await lab.kubernetes.patch(scopes, { namespace, name: 'net' }, { spec: { privateEndpoints: [] } });
    const compared = await compare(lab);
    expect(compared.planned.some((call) => call.startsWith('DELETE'))).toBe(true);
    expect(sorted(compared).made).toEqual(sorted(compared).planned);
  });

  it('when a server leaves the selection', async () => {
    const lab = await settledWorld();
    const names = ['web-1', 'web-2', 'web-3'];
    await lab.kubernetes.patch(
      associations,
      { namespace, name: 'servers' },
      { spec: { machines: { tagSelector: null, names } } },
    );
    const compared = await compare(lab);
    expect(compared.planned).toEqual([`PATCH ${serverId('web-4').toLowerCase()}`]);
    expect(compared.made).toEqual(compared.planned);
  });

  it('whatever people did to a settled estate', async () => {
    const names = Object.keys(disturbances);
    await fc.assert(
      fc.asyncProperty(fc.subarray(names, { minLength: 1, maxLength: 4 }), async (chosen) => {
        const lab = await settledWorld({
          scope: { tags: { team: 'plant' }, publicNetworkAccess: 'Disabled' },
        });
        for (const name of chosen) disturbances[name]?.(lab);
        const compared = await compare(lab);
        expect({ chosen, ...sorted(compared) }).toEqual({
          chosen,
          planned: sorted(compared).made,
          made: sorted(compared).made,
        });
      }),
      { numRuns: 12, seed: 7 },
    );
  });
});
