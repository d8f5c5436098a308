import { associations, scopes } from '../../src/api/resources.ts';
import { Laboratory, namespace } from '../world/laboratory.ts';
import { associationObject, scopeObject } from '../world/objects.ts';
import { connect } from '../world/azure/connect.ts';
import { plantGateway } from '../world/azure/providers/gateways.ts';
import { plantGroup } from '../world/azure/providers/security-groups.ts';
import { endpointId, hisZone, hub, idOf, otherScopeId, serverId, smallSeed } from '../world/small-seed.ts';

const nsg = idOf('rg', 'Microsoft.Network/networkSecurityGroups', 'nsg-hub');
import type { ArmRequest, ArmResponse } from '../world/azure/http.ts';
import type { RecordedCall } from './validate.ts';

/** The calls of a scope's and an association's whole life, so that there is always something to validate. */
export async function tour(): Promise<RecordedCall[]> {
  const lab = new Laboratory(smallSeed);
  const calls: RecordedCall[] = [];
  const record = ({ method, url, headers, body }: ArmRequest, response: ArmResponse): void => {
    calls.push({ request: { method, url: url.href, headers: { ...headers }, body }, response });
  };
  lab.onExchange = record;
  await lab.createSecret();
  plantGroup(lab.world, nsg);
  plantGateway(lab.world, hub, ['ExpressRoute']);
  const networkSecurityGroups = [{ id: nsg }];
  await lab.kubernetes.create(scopes, scopeObject({ tags: { team: 'plant' }, networkSecurityGroups }));
  await lab.kubernetes.create(associations, associationObject());
  lab.start();
  await lab.until(async () => (await lab.condition(lab.association('servers'))) === 'True Ready');
  await lab.kubernetes.delete(associations, { namespace, name: 'servers' });
  await lab.kubernetes.delete(scopes, { namespace, name: 'net' });
  await lab.until(async () => (await lab.scope('net')) === undefined);
  await lab.stop();
  await change(lab, record);
  return calls;
}

/** The calls that change what is there, on resources of nobody. */
async function change(
  lab: Laboratory,
  record: (request: ArmRequest, response: ArmResponse) => void,
): Promise<void> {
  const { azure } = connect(lab.world, {
    intercept(request, send) {
      const response = send();
      record(request, response);
      return response;
    },
  });
  const wait = (): Promise<void> => lab.clock.advance(120_000);
  const spec = { location: 'westeurope', tags: {}, subnetId: `${hub}/subnets/pe`, scopeId: otherScopeId };
  const [linkId, groupId] = [
    `${hisZone}/virtualNetworkLinks/hub`,
    `${endpointId}/privateDnsZoneGroups/default`,
  ];
  await azure.putEndpoint(endpointId, { ...spec, manual: true, requestMessage: 'please' });
  await azure.putZone(hisZone, {});
  await wait();
  await azure.putZoneLink(linkId, { virtualNetworkId: hub, tags: {} });
  await azure.putZoneGroup(groupId, [hisZone]);
  await wait();
  const [scope, endpoint] = [await azure.getScope(otherScopeId), await azure.getEndpoint(endpointId)];
  const [[link], [group]] = [await azure.listZoneLinks(hisZone), await azure.listZoneGroups(endpointId)];
  if (!scope || !endpoint || !link || !group) throw new Error('what was made is not there');
  await azure.updateScope(scope, { publicNetworkAccess: 'Disabled' });
  await azure.updateEndpoint(endpoint, { requestMessage: 'now' });
  await azure.updateZoneLink(link, { resolutionPolicy: 'NxDomainRedirect' });
  await azure.putZoneGroup(groupId, [hisZone], group);
  const ruleSpec = { description: 'ours', priority: 150, serviceTag: 'AzureActiveDirectory' };
  await azure.putSecurityRule(`${nsg}/securityRules/one`, ruleSpec);
  await wait();
  const [rule] = (await azure.listSecurityRules(nsg, () => true)) ?? [];
  if (rule !== undefined) await azure.updateSecurityRule(rule, { ...ruleSpec, priority: 160 });
  await azure.mergeTags(otherScopeId, { team: 'plant' });
  await azure.removeTags(otherScopeId, { team: 'plant' });
  await azure.listSubscriptions();
  await azure.getMachine(serverId('office'));
}
