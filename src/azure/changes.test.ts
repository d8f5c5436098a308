import { beforeEach, describe, expect, it } from '@jest/globals';
import { idKey } from './ids.ts';
import type { Azure } from './types.ts';
import { connect } from '../../test/world/azure/connect.ts';
import { json } from '../../test/world/azure/http.ts';
import { Portal } from '../../test/world/azure/portal.ts';
import { plant } from '../../test/world/azure/seed.ts';
import { AzureWorld } from '../../test/world/azure/world.ts';
import { VirtualClock } from '../../test/world/clock.ts';
import { seededRandom } from '../../test/world/laboratory.ts';
import { endpointId, hisZone, hub, otherScopeId, serverId, smallSeed } from '../../test/world/small-seed.ts';

let clock: VirtualClock;
let world: AzureWorld;
let portal: Portal;
let azure: Azure;

beforeEach(() => {
  clock = new VirtualClock();
  world = new AzureWorld({ clock, random: seededRandom() });
  plant(world, smallSeed);
  portal = new Portal(world);
  ({ azure } = connect(world));
});

const groups = ['plant', 'shared'].map((name) => ({ id: `/applicationSecurityGroups/${name}` }));
const linkId = `${hisZone}/virtualNetworkLinks/hub`;
const groupId = `${endpointId}/privateDnsZoneGroups/default`;

async function createEndpoint(manual = false): Promise<void> {
  const spec = { location: 'westeurope', tags: { ours: 'yes' }, subnetId: `${hub}/subnets/pe` };
  await azure.putEndpoint(endpointId, { ...spec, scopeId: otherScopeId, manual, requestMessage: 'please' });
  await clock.advance(60_000);
}

async function createZoneAndLink(): Promise<void> {
  await azure.putZone(hisZone, { ours: 'yes' });
  await clock.advance(60_000);
  await azure.putZoneLink(linkId, { virtualNetworkId: hub, tags: { ours: 'yes' } });
  await clock.advance(60_000);
}

async function seen<T>(read: Promise<T | undefined>): Promise<T> {
  const found = await read;
  if (found === undefined) throw new Error('it is not there');
  return found;
}

describe('a scope that was just created', () => {
  // A later change sends all of it back, and the SDK's model keeps what it knows.
  it('is known as Azure answered it, with what a newer version shows', async () => {
    const made = { id: otherScopeId, name: 'other', location: 'westeurope', tags: { ours: 'yes' } };
    const properties = { publicNetworkAccess: 'Disabled', provisioningState: 'Succeeded', ofTomorrow: true };
    let asked: unknown;
    world.onRequest = ({ body }) => {
      asked = JSON.parse(body);
      return json(201, { ...made, properties });
    };
    const spec = { location: 'westeurope', tags: { ours: 'yes' }, publicNetworkAccess: 'Disabled' };
    const { raw } = await azure.putScope(otherScopeId, spec);
    expect(raw).toEqual({ ...made, properties });
    expect(asked).toEqual({
      location: 'westeurope',
      tags: { ours: 'yes' },
      properties: { publicNetworkAccess: 'Disabled' },
    });
  });
});

describe('what others set on a private endpoint', () => {
  // Writing tags used to be a PUT of the operator's own fields: application security groups were lost by it.
  it('stays when its tags are changed', async () => {
    await createEndpoint();
    portal.set(endpointId, { applicationSecurityGroups: groups, ofTomorrow: { kept: true } });
    portal.tag(endpointId, { theirs: 'kept' });
    expect(await azure.mergeTags(endpointId, { ours: 'yes' })).toEqual({ theirs: 'kept', ours: 'yes' });
    expect(portal.need(endpointId)).toMatchObject({
      tags: { theirs: 'kept', ours: 'yes' },
      properties: { applicationSecurityGroups: groups, ofTomorrow: { kept: true } },
    });
  });

  it('stays when its request message is changed', async () => {
    await createEndpoint(true);
    portal.set(endpointId, { applicationSecurityGroups: groups, ofTomorrow: { kept: true } });
    await azure.updateEndpoint(await seen(azure.getEndpoint(endpointId)), { requestMessage: 'now, please' });
    await clock.advance(60_000);
    const { properties, tags } = portal.need(endpointId);
    expect(properties).toMatchObject({ applicationSecurityGroups: groups, ofTomorrow: { kept: true } });
    expect(tags).toEqual({ ours: 'yes' });
    const [connection] = (await seen(azure.getEndpoint(endpointId))).connections;
    expect(connection).toMatchObject({ manual: true, requestMessage: 'now, please' });
  });

  it('stays when a failed endpoint is repeated', async () => {
    await createEndpoint();
    portal.set(endpointId, { applicationSecurityGroups: groups, provisioningState: 'Failed' });
    await azure.updateEndpoint(await seen(azure.getEndpoint(endpointId)), {});
    await clock.advance(60_000);
    const { properties } = portal.need(endpointId);
    expect(properties).toMatchObject({ applicationSecurityGroups: groups, provisioningState: 'Succeeded' });
  });
});

describe('what others set on a link of a zone', () => {
  it('stays when its resolution policy is changed', async () => {
    await createZoneAndLink();
    portal.set(linkId, { registrationEnabled: true, ofTomorrow: 1 });
    const [link] = await azure.listZoneLinks(hisZone);
    await azure.updateZoneLink(await seen(Promise.resolve(link)), { resolutionPolicy: 'NxDomainRedirect' });
    await clock.advance(60_000);
    expect(portal.need(linkId)).toMatchObject({
      tags: { ours: 'yes' },
      properties: { registrationEnabled: true, ofTomorrow: 1, resolutionPolicy: 'NxDomainRedirect' },
    });
  });

  it('stays when its tags are changed', async () => {
    await createZoneAndLink();
    portal.set(linkId, { registrationEnabled: true, resolutionPolicy: 'NxDomainRedirect' });
    await azure.mergeTags(linkId, { more: 'tags' });
    expect(portal.need(linkId)).toMatchObject({
      tags: { ours: 'yes', more: 'tags' },
      properties: { registrationEnabled: true, resolutionPolicy: 'NxDomainRedirect' },
    });
  });

  it('stays when they were quicker: the change fails instead of undoing theirs', async () => {
    await createZoneAndLink();
    const [link] = await azure.listZoneLinks(hisZone);
    await azure.mergeTags(linkId, { theirs: 'newer' });
    await azure.updateZoneLink(await seen(Promise.resolve(link)), { resolutionPolicy: 'NxDomainRedirect' });
    await clock.advance(60_000);
    expect(await azure.progress(linkId)).toMatchObject({ state: 'failed', code: 'PreconditionFailed' });
    expect(portal.need(linkId).tags).toEqual({ ours: 'yes', theirs: 'newer' });
  });
});

describe('what others set on a zone group', () => {
  it('stays when a zone is added', async () => {
    await createEndpoint();
    await createZoneAndLink();
    const second = hisZone.replace('his.arc', 'guestconfiguration');
    await azure.putZone(second, {});
    await clock.advance(60_000);
    await azure.putZoneGroup(groupId, [hisZone]);
    await clock.advance(60_000);
    portal.set(groupId, {
      ofTomorrow: 1,
      privateDnsZoneConfigs: [{ name: 'theirs', properties: { privateDnsZoneId: hisZone.toUpperCase() } }],
    });
    const [group] = await azure.listZoneGroups(endpointId);
    await azure.putZoneGroup(groupId, [hisZone, second], group);
    await clock.advance(60_000);
    expect(portal.need(groupId).properties).toMatchObject({
      ofTomorrow: 1,
      privateDnsZoneConfigs: [
        { name: 'theirs', properties: { privateDnsZoneId: hisZone.toUpperCase() } },
        { properties: { privateDnsZoneId: second } },
      ],
    });
  });
});

describe('the public access of a scope', () => {
  // "SecuredByPerimeter" is shown by newer versions and taken by none; it used to be written back with the tags.
  it('is not written back when tags are changed', async () => {
    portal.set(otherScopeId, { publicNetworkAccess: 'SecuredByPerimeter' });
    expect((await azure.getScope(otherScopeId))?.publicNetworkAccess).toBe('SecuredByPerimeter');
    await azure.mergeTags(otherScopeId, { team: 'plant' });
    expect(portal.need(otherScopeId)).toMatchObject({
      tags: { team: 'plant' },
      properties: { publicNetworkAccess: 'SecuredByPerimeter' },
    });
  });

  it('is changed with the tags of others left alone', async () => {
    portal.tag(otherScopeId, { theirs: 'kept' });
    const changed = await azure.updateScope(await seen(azure.getScope(otherScopeId)), {
      publicNetworkAccess: 'Disabled',
    });
    expect(changed.publicNetworkAccess).toBe('Disabled');
    expect(portal.need(otherScopeId).tags).toEqual({ theirs: 'kept' });
  });
});

describe('tags', () => {
  it('are taken off only where they still have our value', async () => {
    portal.tag(otherScopeId, { ours: 'yes', theirs: 'kept' });
    expect(await azure.removeTags(otherScopeId, { ours: 'no' })).toEqual({ ours: 'yes', theirs: 'kept' });
    expect(await azure.removeTags(otherScopeId, { ours: 'yes' })).toEqual({ theirs: 'kept' });
  });

  it('come back as a policy and private DNS leave them', async () => {
    await createZoneAndLink();
    world.overrides.tags = (_, tags) => ({ ...tags, costCentre: '42' });
    expect(await azure.mergeTags(hisZone, { 'a:b': '1', 'a b': '2', ab: '3' })).toEqual({
      ours: 'yes',
      ab: '3',
      costCentre: '42',
    });
  });

  it('of a resource that is gone cannot be written', async () => {
    await expect(azure.mergeTags(hisZone, { ours: 'yes' })).rejects.toMatchObject({ status: 404 });
  });
});

describe('a listing of servers', () => {
  it.each([
    ['tags', { tags: null }],
    ['properties', { properties: null }],
    ['texts', { location: null, properties: { vmId: null, status: null, privateLinkScopeResourceId: null } }],
  ])('takes null for what is not there: %s', async (_, nulls) => {
    const [subscriptionId = ''] = /[0-9a-f-]{36}/.exec(otherScopeId) ?? [];
    Object.assign(portal.need(serverId('office')), nulls);
    const { machines } = await azure.machines(subscriptionId, 0);
    const machine = machines.get(idKey(serverId('office')));
    expect(machine).toMatchObject({ id: serverId('office'), name: 'office' });
    expect(Object.values(machine ?? {})).not.toContain(null);
    expect(machines.size).toBeGreaterThan(1);
  });

  it('keeps nothing of an answer but what is read of it', async () => {
    const [subscriptionId = ''] = /[0-9a-f-]{36}/.exec(otherScopeId) ?? [];
    portal.set(serverId('office'), { clientPublicKey: 'x'.repeat(400) });
    const { machines } = await azure.machines(subscriptionId, 0);
    const names = new Set([...machines.values()].flatMap((machine) => Object.keys(machine)));
    expect([...names].sort()).toEqual(
      ['id', 'name', 'subscriptionId', 'resourceGroup', 'location', 'tags', 'vmId']
        .concat(['status', 'provisioningState', 'scopeId'])
        .sort(),
    );
  });
});
