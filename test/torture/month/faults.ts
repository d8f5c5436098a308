import { json, type ArmResponse } from '../../world/azure/http.ts';
import { scopeId, subscription } from '../../world/small-seed.ts';
import { chosen, type Deed } from './deeds.ts';

/** What goes wrong in Azure in a month; every fault is over after a while. */

const group = `/subscriptions/${subscription}/resourceGroups/rg`;

const error = (status: number, code: string, headers: Record<string, string> = {}): ArmResponse =>
  json(status, { error: { code, message: `${code} for the test.` } }, headers);

/** A share of all requests is answered in Azure's stead. */
const storm =
  (share: number, ...answers: (() => ArmResponse)[]): Deed =>
  ({ lab, random }) => {
    lab.world.onRequest = () => (random() < share ? chosen(random, answers)?.() : undefined);
    return () => {
      lab.world.onRequest = undefined;
    };
  };

const forbid =
  (action: string): Deed =>
  ({ lab }) => {
    lab.world.rules.forbid(action);
    return () => lab.world.rules.permit(action);
  };

const policy =
  (type: string): Deed =>
  ({ lab }) => {
    lab.world.rules.deny({
      type,
      policyAssignmentId: `${group}/providers/Microsoft.Authorization/policyAssignments/p`,
    });
    return () => lab.world.rules.undeny(type);
  };

const lock =
  (id: string, level: 'CanNotDelete' | 'ReadOnly'): Deed =>
  ({ lab }) => {
    lab.world.rules.lock(id, level);
    return () => lab.world.rules.unlock(id);
  };

const failedOperation: Deed = ({ lab, random }) => {
  const type = chosen(random, [
    'Microsoft.Network/privateEndpoints',
    'Microsoft.Network/privateDnsZones/virtualNetworkLinks',
    'Microsoft.Network/privateDnsZones',
  ]);
  if (type !== undefined)
    lab.world.operations.failNext({ type, code: 'InternalServerError', message: 'It failed for the test.' });
};

const shortListing: Deed = ({ lab, random }) => {
  const share = random();
  lab.world.quirks.listed = (type, found) =>
    type.toLowerCase() === 'microsoft.hybridcompute/machines'
      ? found.slice(0, Math.floor(found.length * share))
      : found;
  return () => {
    delete lab.world.quirks.listed;
  };
};

export const faults: Readonly<Record<string, Deed>> = {
  throttled: storm(1, () => error(429, 'TooManyRequests', { 'retry-after': '17' })),
  throttledMostly: storm(0.7, () => error(429, 'SubscriptionRequestsThrottled')),
  broken: storm(
    0.4,
    () => error(500, 'InternalServerError'),
    () => error(503, 'ServiceUnavailable', { 'retry-after': '5' }),
    () => ({ status: 502, headers: { 'content-type': 'text/html' }, body: '<html>Bad Gateway</html>' }),
  ),
  proxy: storm(1, () => ({ status: 404, headers: { 'content-type': 'text/html' }, body: '<html>No</html>' })),
  mayNotWriteServers: forbid('Microsoft.HybridCompute/machines/write'),
  mayNotReadServers: forbid('Microsoft.HybridCompute/machines/read'),
  mayNotReadZones: forbid('Microsoft.Network/privateDnsZones/read'),
  mayNotReadScope: forbid('Microsoft.HybridCompute/privateLinkScopes/read'),
  policyOnServers: policy('Microsoft.HybridCompute/machines'),
  policyOnLinks: policy('Microsoft.Network/privateDnsZones/virtualNetworkLinks'),
  lockedGroup: lock(group, 'ReadOnly'),
  lockedScope: lock(scopeId, 'CanNotDelete'),
  vanished: ({ lab }) => {
    lab.world.rules.vanish(subscription);
    return () => lab.world.rules.reappear(subscription);
  },
  hidden: ({ lab }) => {
    lab.world.rules.hide(group);
    return () => lab.world.rules.show(group);
  },
  failedOperation,
  shortListing,
};
