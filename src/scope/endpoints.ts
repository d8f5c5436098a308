import { idKey, nameOf, sameId } from '../azure/ids.ts';
import type { EndpointSpec, PrivateEndpoint } from '../azure/types.ts';
import { asOperatorError, stalled, type OperatorError } from '../base/errors.ts';
import { ready, working, type Pass, type StepResult } from './context.ts';
import type { DesiredEndpoint } from './desired.ts';
import { mergedTags, requireOurs } from './ownership.ts';
import { underWay } from './under-way.ts';

/** The private endpoints and the approval of their connections (condition PrivateEndpointsReady). */
export async function ensureEndpoints(pass: Pass): Promise<StepResult> {
  const { endpoints } = pass.desired;
  const results: EndpointResult[] = [];
  // One after the other: Azure refuses concurrent writes in one VNet (RetryableError).
  for (const endpoint of endpoints) results.push(await attempt(pass, endpoint));
  const total = endpoints.length;
  const done = results.filter(({ kind }) => kind === 'ready').length;
  pass.status.endpointsReady = `${done}/${total}`;
  const failed = results.find((result) => result.kind === 'failed');
  if (failed !== undefined) throw failed.error;
  const busy = results.find((result) => result.kind === 'working');
  if (busy !== undefined)
    return working(`${busy.message} (${done} of ${total} endpoints ready)`, busy.reason);
  return total === 0
    ? ready('No private endpoint is asked for.', 'NotRequired')
    : ready(`${done} of ${total} endpoints are ready.`);
}

type EndpointResult =
  | { kind: 'ready' }
  | { kind: 'working'; message: string; reason?: string }
  | { kind: 'failed'; error: OperatorError };

/** One endpoint's trouble does not hold up the others. */
async function attempt(pass: Pass, endpoint: DesiredEndpoint): Promise<EndpointResult> {
  try {
    return await ensure(pass, endpoint);
  } catch (error) {
    return { kind: 'failed', error: asOperatorError(error) };
  }
}

async function ensure(pass: Pass, endpoint: DesiredEndpoint): Promise<EndpointResult> {
  const observed = await pass.azure.getEndpoint(endpoint.id);
  if (observed !== undefined) pass.endpoints.set(endpoint.name, observed);
  const plan = planEndpoint(pass, endpoint, observed);
  switch (plan.kind) {
    case 'ready':
      return plan;
    case 'working':
      // An operation that failed says why; the resource itself only says that it did.
      await underWay(pass, endpoint.id, `PUT private endpoint ${endpoint.name}`);
      return plan;
    case 'write':
      if (await underWay(pass, endpoint.id, `PUT private endpoint ${endpoint.name}`)) {
        return { kind: 'working', message: plan.message };
      }
      if (observed === undefined) await pass.azure.putEndpoint(endpoint.id, plan.spec);
      else if (mergedTags(observed.tags, plan.spec.tags) === undefined)
        await pass.azure.updateEndpoint(observed, {});
      else await pass.azure.mergeTags(endpoint.id, plan.spec.tags);
      tell(pass, plan.created ? 'EndpointCreated' : 'DriftCorrected', plan.message);
      return { kind: 'working', message: plan.message };
    case 'replace':
      tell(pass, 'DriftCorrected', plan.message);
      await pass.azure.deleteEndpoint(endpoint.id);
      return { kind: 'working', message: plan.message };
  }
}

function tell(pass: Pass, reason: string, message: string): void {
  pass.deps.events.event(pass.object, 'Normal', reason, message);
  pass.log.info({ action: reason }, message);
}

type EndpointPlan =
  | { kind: 'ready' }
  | { kind: 'working'; message: string; reason?: string }
  | { kind: 'write'; created: boolean; spec: EndpointSpec; message: string }
  | { kind: 'replace'; message: string };

function planEndpoint(
  pass: Pass,
  endpoint: DesiredEndpoint,
  observed: PrivateEndpoint | undefined,
): EndpointPlan {
  if (observed === undefined) return planMissing(pass, endpoint);
  requireOurs(observed, pass.desired.owner, `The private endpoint ${nameOf(endpoint.id)}`);
  requireSame(pass, endpoint, observed);
  const unfinished = planUnfinished(pass, endpoint, observed);
  if (unfinished !== undefined) return unfinished;
  const tags = mergedTags(observed.tags, pass.desired.tags);
  if (tags !== undefined) {
    const message = `Putting the tags of private endpoint ${endpoint.name} right`;
    return { kind: 'write', created: false, spec: specOf(pass, endpoint, tags), message };
  }
  return approval(pass, endpoint, observed.connections[0]?.status ?? 'Pending', observed);
}

function planMissing(pass: Pass, endpoint: DesiredEndpoint): EndpointPlan {
  const { name } = endpoint;
  const seen =
    pass.object.status?.endpoints?.some((one) => one.name === name && one.id !== undefined) ?? false;
  const message = seen
    ? `Creating private endpoint ${name} anew, it was gone`
    : `Creating private endpoint ${name}`;
  return { kind: 'write', created: !seen, spec: specOf(pass, endpoint, pass.desired.tags), message };
}

/** What to do about an endpoint that Azure is still at, that failed, or that lost its connection. */
function planUnfinished(
  pass: Pass,
  endpoint: DesiredEndpoint,
  observed: PrivateEndpoint,
): EndpointPlan | undefined {
  const { name } = endpoint;
  const state = observed.provisioningState;
  if (state === 'Deleting') {
    return { kind: 'working', message: `Waiting until the old private endpoint ${name} has gone` };
  }
  // Learn, "What is a private endpoint?": a disconnected endpoint is only good for deletion.
  if (observed.connections[0]?.status === 'Disconnected') {
    return { kind: 'replace', message: `Replacing private endpoint ${name}, its connection was removed` };
  }
  if (state === 'Failed' || state === 'Canceled') {
    const message = `Repeating private endpoint ${name}, it had failed`;
    return { kind: 'write', created: false, spec: specOf(pass, endpoint, observed.tags), message };
  }
  return state === 'Succeeded'
    ? undefined
    : { kind: 'working', message: `Creating private endpoint ${name}` };
}

function approval(
  pass: Pass,
  endpoint: DesiredEndpoint,
  status: string,
  observed: PrivateEndpoint,
): EndpointPlan {
  const { name } = endpoint;
  if (status === 'Rejected') {
    throw stalled(
      'ConnectionRejected',
      `The connection of private endpoint ${name} was rejected. Approve it on the scope, or remove the endpoint.`,
    );
  }
  if (status !== 'Approved') {
    const command = `az network private-endpoint-connection approve --id "$(az network private-endpoint-connection list --id ${pass.desired.scopeId} --query "[?ends_with(properties.privateEndpoint.id, '/${nameOf(endpoint.id)}')].id" -o tsv)"`;
    return {
      kind: 'working',
      reason: 'AwaitingApproval',
      message: `Private endpoint ${name} waits for its approval: ${command}`,
    };
  }
  // Without zones the endpoint itself names the addresses, a moment after it says Succeeded. With a zone group it names
  // none: they are in the group's records (azurerm documentation of azurerm_private_endpoint, custom_dns_configs).
  if (endpoint.dns === undefined && observed.dnsConfigs.length === 0)
    return { kind: 'working', message: `Waiting for the addresses of private endpoint ${name}` };
  return { kind: 'ready' };
}

/** An endpoint cannot be moved to another subnet or scope. */
function requireSame(pass: Pass, endpoint: DesiredEndpoint, observed: PrivateEndpoint): void {
  const [connection] = observed.connections;
  const wrong = !sameId(observed.subnetId, endpoint.subnetId)
    ? `is in subnet ${observed.subnetId}`
    : connection !== undefined && !sameId(connection.scopeId, pass.desired.scopeId)
      ? `leads to ${connection.scopeId}`
      : undefined;
  if (wrong === undefined) return;
  throw stalled(
    'EndpointMismatch',
    `The private endpoint ${nameOf(endpoint.id)} exists and ${wrong}. Delete it, or add the endpoint under another name.`,
  );
}

function specOf(pass: Pass, endpoint: DesiredEndpoint, tags: Record<string, string>): EndpointSpec {
  const { subnetId, manual, requestMessage, customNetworkInterfaceName } = endpoint;
  return {
    location: pass.networks.get(idKey(endpoint.networkId))?.location ?? '',
    tags,
    subnetId,
    scopeId: pass.desired.scopeId,
    manual,
    ...(requestMessage === undefined ? {} : { requestMessage }),
    ...(customNetworkInterfaceName === undefined ? {} : { customNetworkInterfaceName }),
  };
}
