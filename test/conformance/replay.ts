import { VirtualClock } from '../world/clock.ts';
import { parsePath } from '../world/azure/ids.ts';
import { AzureWorld } from '../world/azure/world.ts';
import { seededRandom } from '../world/laboratory.ts';
import type { ArmResponse } from '../world/azure/http.ts';
import type { RecordedExchange } from './recordings.ts';
import { jsonOrText, shapeDifferences } from './shape.ts';

/** Plays a recording against the simulated Azure and tells where the answers differ. */
export interface Finding {
  /** Position in the recording, from 1. */
  exchange: number;
  /** `PUT privateEndpoints`. */
  call: string;
  /** `status`, `header location`, or a path into the body. */
  where: string;
  what: string;
}

export interface Replay {
  exchanges: number;
  findings: Finding[];
}

const longEnoughMs = 600_000;
const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export async function replay(recording: readonly RecordedExchange[]): Promise<Replay> {
  const clock = new VirtualClock();
  const world = new AzureWorld({ clock, random: seededRandom(), regime: regimeOf(recording) });
  prepare(world, recording);
  const findings: Finding[] = [];
  const polls = new Map<string, string>();
  const ids = new Map<string, string>();
  for (const [index, exchange] of recording.entries()) {
    const url = polls.get(address(exchange.url)) ?? translated(exchange.url.href, ids);
    // A recorded operation that is done, is done here as well; one that is not, is not.
    if (polls.has(address(exchange.url)) && !isRunning(exchange)) await clock.advance(longEnoughMs);
    const headers = { ...exchange.requestHeaders };
    const body = translated(exchange.requestBody, ids);
    const answer = world.handle({ method: exchange.method, url: new URL(url), headers, body });
    const call = callOf(exchange);
    findings.push(...compare(exchange, answer).map((found) => ({ exchange: index + 1, call, ...found })));
    learn(exchange, answer, polls, ids);
  }
  return { exchanges: recording.length, findings };
}

/** What the recordings take for granted: resource groups, a server to PATCH, a provider's state. */
function prepare(world: AzureWorld, recording: readonly RecordedExchange[]): void {
  const [first] = recording;
  const begun = jsonOrText(first?.body ?? '') as { registrationState?: string; namespace?: string };
  if (begun.registrationState !== undefined) {
    const subscription = /subscriptions\/([^/]+)/.exec(first?.url.pathname ?? '')?.[1] ?? '';
    world.registrations.set(subscription, begun.namespace ?? '', begun.registrationState);
  }
  for (const { url, method } of recording) {
    const path = parsePath(url.pathname);
    if (path?.group === undefined) continue;
    const id = `/subscriptions/${path.subscription}/resourceGroups/${path.group}`;
    const common = { location: 'eastus2euap', properties: { provisioningState: 'Succeeded' } };
    world.resources.put({ id, name: path.group, type: 'Microsoft.Resources/resourceGroups', ...common });
    if (method === 'PATCH' && path.type === 'microsoft.hybridcompute/machines')
      plantMachine(world, url.pathname);
    if (path.type === 'microsoft.storage/storageaccounts') {
      world.resources.put({
        id: url.pathname,
        name: path.names[0] ?? '',
        type: 'Microsoft.Storage/storageAccounts',
        ...common,
      });
    }
  }
}

function plantMachine(world: AzureWorld, id: string): void {
  const name = id.slice(id.lastIndexOf('/') + 1);
  const properties = { vmId: world.guid(), status: 'Connected', provisioningState: 'Succeeded' };
  world.resources.put({
    id,
    name,
    type: 'Microsoft.HybridCompute/machines',
    location: 'eastus2euap',
    properties,
  });
}

/** The header that the recorded answers to a server's PATCH carry decides. */
function regimeOf(recording: readonly RecordedExchange[]): 'bucket' | 'window' {
  const windowed = recording.some(
    ({ headers }) => 'x-ms-ratelimit-remaining-subscription-resource-requests' in headers,
  );
  return windowed ? 'window' : 'bucket';
}

function compare(exchange: RecordedExchange, answer: ArmResponse): { where: string; what: string }[] {
  const found: { where: string; what: string }[] = [];
  if (exchange.status !== answer.status)
    found.push({ where: 'status', what: `is ${exchange.status}, simulated ${answer.status}` });
  for (const name of ['azure-asyncoperation', 'location']) {
    const [real, simulated] = [name in exchange.headers, name in answer.headers];
    if (real !== simulated)
      found.push({
        where: `header ${name}`,
        what: real ? 'is missing in the simulated answer' : 'is only in the simulated answer',
      });
  }
  // The CLI's recorder drops Retry-After: its absence proves nothing.
  if ('retry-after' in exchange.headers && !('retry-after' in answer.headers)) {
    found.push({ where: 'header retry-after', what: 'is missing in the simulated answer' });
  }
  const differences = shapeDifferences(jsonOrText(exchange.body), jsonOrText(answer.body));
  return [...found, ...differences.map(({ path, what }) => ({ where: path === '' ? 'body' : path, what }))];
}

/** Poll addresses and GUIDs of the recording are others here. */
function learn(
  exchange: RecordedExchange,
  answer: ArmResponse,
  polls: Map<string, string>,
  ids: Map<string, string>,
): void {
  for (const name of ['azure-asyncoperation', 'location']) {
    const [real, simulated] = [exchange.headers[name], answer.headers[name]];
    if (real !== undefined && simulated !== undefined) polls.set(address(new URL(real)), simulated);
  }
  pair(jsonOrText(exchange.body), jsonOrText(answer.body), ids);
}

function pair(real: unknown, simulated: unknown, ids: Map<string, string>): void {
  if (typeof real === 'string' && typeof simulated === 'string') {
    const [one, other] = [real.split('.').pop() ?? '', simulated.split('.').pop() ?? ''];
    if (guid.test(one) && guid.test(other) && !/^0+-/.test(one)) ids.set(one, other);
    return;
  }
  if (typeof real !== 'object' || typeof simulated !== 'object' || real === null || simulated === null)
    return;
  for (const [name, value] of Object.entries(real))
    pair(value, (simulated as Record<string, unknown>)[name], ids);
}

function translated(text: string, ids: ReadonlyMap<string, string>): string {
  return [...ids].reduce((result, [real, simulated]) => result.replaceAll(real, simulated), text);
}

/** Without the query, whose signature differs from poll to poll in some recordings. */
function address(url: URL): string {
  return `${url.hostname}${url.pathname}`.toLowerCase();
}

function isRunning({ status, body }: RecordedExchange): boolean {
  const value = jsonOrText(body);
  const state =
    typeof value === 'object' && value !== null ? (value as { status?: string }).status : undefined;
  return state === 'InProgress' || state === 'Queued' || (state === undefined && status === 202);
}

function callOf({ method, url }: RecordedExchange): string {
  const path = parsePath(url.pathname);
  const polls = /operation(s|status|statuses|results)\//i.test(url.pathname);
  return `${method} ${polls ? 'operation' : path?.type.split('/').slice(1).join('/') || 'resourceGroups'}`;
}
