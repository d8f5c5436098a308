import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { scopes } from '../api/resources.ts';
import { secrets } from '../identity/resources.ts';
import { scopeObject } from '../../test/world/objects.ts';
import { endpointElsewhere, ScopeLab } from '../../test/world/scope-lab.ts';
import { endpointId, hisZone, hub, idOf, scopeId, spoke } from '../../test/world/small-seed.ts';

const minute = 60_000;
const hubEndpoint = { name: 'hub', subnetId: `${hub}/subnets/pe`, dns: { resourceGroup: 'rg-dns' } };

let lab: ScopeLab;
beforeEach(async () => {
  lab = await ScopeLab.open();
});
afterEach(() => lab.stop());

describe('what stands in the way', () => {
  it('of one endpoint keeps that one alone, and the message names it', async () => {
    const tiny = { name: 'spoke', subnetId: `${spoke}/subnets/none`, dns: { resourceGroup: 'rg' } };
    await lab.make({ privateEndpoints: [hubEndpoint, tiny] });
    await lab.until(() => lab.portal.get(`${hisZone}/A/gbl`) !== undefined);
    await lab.until(async () => (await lab.status()).endpointsReady === '1/2');
    expect(await lab.state('PreflightPassed')).toBe('False SubnetNotFound');
    expect(await lab.message()).toContain('private endpoint spoke');
  });

  it('is told with a cure that the API server accepts: no immutable field is to be corrected', async () => {
    const subnets = ['none', 'tiny'];
    for (const name of subnets) {
      await lab.kubernetes.create(
        scopes,
        scopeObject({ privateEndpoints: [{ name: 'hub', subnetId: `${hub}/subnets/${name}` }] }, name),
      );
    }
    lab.portal.set(idOf('rg', 'Microsoft.HybridCompute/privateLinkScopes', 'other'), {});
    await lab.kubernetes.create(
      scopes,
      scopeObject(
        { azureName: 'other', location: 'northeurope', adoptionPolicy: 'IfUnowned', privateEndpoints: [] },
        'region',
      ),
    );
    lab.start();
    const told = async (name: string): Promise<string> =>
      (await lab.scope(name))?.status?.conditions?.find(({ type }) => type === 'Ready')?.message ?? '';
    await lab.until(
      async () => (await told('tiny')).includes('Subnet tiny') && (await told('region')) !== '',
    );
    expect(await told('none')).toMatch(/Create it.*remove this endpoint and add one with another name/);
    expect(await told('tiny')).toMatch(/remove this endpoint and add one of another name/);
    await lab.until(async () => (await told('region')).includes('westeurope'));
    expect(await told('region')).toMatch(/create another object with location: westeurope/);
    for (const name of ['none', 'tiny', 'region']) expect(await told(name)).not.toMatch(/correct/);
  });

  it('is a name of a network interface that another endpoint has, of this object or of another', async () => {
    const nic = { customNetworkInterfaceName: 'nic-arc' };
    await lab.make({ privateEndpoints: [{ ...hubEndpoint, ...nic }] });
    await lab.becomes('True Ready');
    const second = { name: 'spoke', subnetId: `${spoke}/subnets/pe`, dns: { mode: 'None' } };
    const inAnother = {
      azureName: 'other',
      privateEndpoints: [{ ...second, customNetworkInterfaceName: 'NIC-ARC' }],
    };
    await lab.kubernetes.create(scopes, scopeObject(inAnother, 'other'));
    const other = async (): Promise<string> => await lab.condition(lab.scope('other'));
    await lab.until(async () => (await other()).startsWith('False '));
    expect(await other()).toBe('False ManagementConflict');
    await lab.spec({
      privateEndpoints: [
        { ...hubEndpoint, ...nic },
        { ...second, ...nic },
      ],
    });
    await lab.until(async () => (await lab.state('PreflightPassed')) === 'False ManagementConflict');
    expect(await lab.message()).toContain('network interface name nic-arc in rg');
    expect(await lab.status()).toMatchObject({ endpointsReady: '1/2' });
    expect(lab.portal.get(endpointId)).toBeDefined();
  });

  it('is nothing that an older object merely asks for: who cannot make it keeps nobody from it', async () => {
    const squatter = scopeObject({ credentialsSecretRef: { name: 'never' }, azureName: 'elsewhere' }, 'aaa');
    await lab.kubernetes.create(scopes, squatter);
    const same = scopeObject({ credentialsSecretRef: { name: 'never' }, azureName: 'net' }, 'aab');
    await lab.kubernetes.create(scopes, same);
    await lab.clock.advance(5_000);
    await lab.make();
    await lab.becomes('True Ready');
    expect(await lab.state('PreflightPassed')).toBe('True Ready');
  });

  it('is what another object has in Azure, and names of other namespaces are not told', async () => {
    await lab.kubernetes.create(scopes, scopeObject({}, 'first'));
    lab.start();
    await lab.until(async () => (await lab.condition(lab.scope('first'))) === 'True Ready');
    await lab.clock.advance(minute);
    await lab.kubernetes.create(scopes, scopeObject({ azureName: 'mine' }));
    await lab.becomes('False VirtualNetworkInUse');
    expect(await lab.message()).toContain('ArcPrivateLinkScope first');
    await lab.kubernetes.create(secrets, {
      ...(await lab.kubernetes.get(secrets, { namespace: 'lab', name: 'arc-private-link-credentials' })),
      metadata: { namespace: 'other', name: 'arc-private-link-credentials' },
    });
    await lab.kubernetes.create(scopes, inNamespace(scopeObject({ azureName: 'third' }), 'other'));
    const elsewhere = async (): Promise<string> =>
      (await lab.kubernetes.get(scopes, { namespace: 'other', name: 'net' }))?.status?.conditions?.find(
        ({ type }) => type === 'Ready',
      )?.message ?? '';
    await lab.until(async () => (await elsewhere()).includes('another namespace'));
    expect(await elsewhere()).not.toContain('first');
  });

  it('is a link that someone made in a zone of another object of this cluster', async () => {
    await lab.kubernetes.create(scopes, scopeObject({}, 'first'));
    lab.start();
    await lab.until(async () => (await lab.condition(lab.scope('first'))) === 'True Ready');
    const elsewhere = endpointElsewhere(lab, 'v0');
    const virtualNetwork = { id: String(elsewhere['subnetId']).split('/subnets/')[0] };
    await lab.byHand('PUT', `${hisZone}/virtualNetworkLinks/by-hand`, {
      location: 'global',
      properties: { virtualNetwork, registrationEnabled: false },
    });
    await lab.kubernetes.create(scopes, scopeObject({ azureName: 'mine', privateEndpoints: [elsewhere] }));
    await lab.becomes('False VirtualNetworkLinked');
    expect(await lab.message()).toContain('v0');
  });

  it('asks nothing of the zones of other objects whose links are all written down', async () => {
    await lab.kubernetes.create(scopes, scopeObject({}, 'first'));
    lab.start();
    await lab.until(async () => (await lab.condition(lab.scope('first'))) === 'True Ready');
    await lab.clock.advance(minute);
    const from = lab.world.exchanges.length;
    const other = scopeObject({ azureName: 'mine', privateEndpoints: [endpointElsewhere(lab, 'v0')] });
    await lab.kubernetes.create(scopes, other);
    await lab.becomes('True Ready');
    const asked = lab.world.exchanges.slice(from).filter(({ path }) => path.startsWith(`${hisZone}/`));
    expect(asked).toEqual([]);
    // Seven addresses, three zones with links and records: looked for, made, and looked at once more.
    const reads = lab.world.exchanges.slice(from).filter(({ method }) => method === 'GET');
    expect(reads.length).toBeLessThanOrEqual(45);
  });

  it('is looked for only where something is to be made: a settled scope asks little', async () => {
    const more = Array.from({ length: 5 }, (_, index) => endpointElsewhere(lab, `v${index}`));
    await lab.make({
      privateEndpoints: [hubEndpoint, ...more],
    });
    await lab.becomes('True Ready');
    await lab.clock.advance(40 * minute);
    const { reads, writes } = await lab.callsWithin(15 * minute);
    expect(writes).toBe(0);
    // Six endpoints: each itself, its zone group, and the links and records of three zones; four more for all.
    expect(reads).toBeLessThanOrEqual(6 * 8 + 4);
    expect(reads).toBeGreaterThan(40);
  });

  it('that could not be looked for once is no reason to begin anew, and stops nothing that exists', async () => {
    await lab.make();
    await lab.becomes('True Ready');
    lab.world.rules.hide(hub);
    lab.portal.delete(`${hisZone}/A/gbl`);
    await lab.until(() => lab.portal.get(`${hisZone}/A/gbl`) !== undefined);
    expect(await lab.state('PreflightPassed')).toBe('True Ready');
    lab.world.rules.show(hub);
    lab.portal.delete(endpointId);
    await lab.until(() => lab.portal.get(endpointId)?.properties['provisioningState'] === 'Succeeded');
  });

  it('of the scope itself blocks nothing but what rests on it', async () => {
    await lab.make();
    await lab.becomes('True Ready');
    lab.world.rules.hide(scopeId);
    lab.portal.delete(`${hisZone}/A/gbl`);
    await lab.until(() => lab.portal.get(`${hisZone}/A/gbl`) !== undefined);
    await lab.becomes('True Ready');
    expect(await lab.message('ScopeReady')).toContain('Not read anew: AuthorizationFailed');
  });
});

function inNamespace<T extends { metadata: object }>(object: T, namespace: string): T {
  return { ...object, metadata: { ...object.metadata, namespace } };
}
