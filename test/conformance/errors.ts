import { VirtualClock } from '../world/clock.ts';
import { requestFor } from '../world/azure/ask.ts';
import type { ArmResponse } from '../world/azure/http.ts';
import { Portal } from '../world/azure/portal.ts';
import { plant } from '../world/azure/seed.ts';
import { unauthenticated } from '../world/azure/entra.ts';
import { AzureWorld } from '../world/azure/world.ts';
import { seededRandom } from '../world/laboratory.ts';
import { endpointId, hisZone, hub, idOf, otherScopeId, serverId, smallSeed } from '../world/small-seed.ts';
import type { RecordedExchange } from './recordings.ts';
import { jsonOrText, shapeDifferences } from './shape.ts';

/** The recorded error answers, one file a kind, and how to make the simulated Azure give the same. */
export interface Provocation {
  /** The file without its number: `409_CannotDeleteResource`. */
  kind: string;
  provoke(stage: Stage): ArmResponse | Promise<ArmResponse>;
  /** The recorded answer is of a sibling: the envelope must be the same, the code is another. */
  otherCode?: true;
}

/** Kinds that the simulated Azure never answers, each with its reason. */
export const notSimulated: Readonly<Record<string, string>> = {
  '400_InUseNetworkSecurityGroupCannotBeDeleted': 'the operator deletes no network security group',
  '400_InUseSubnetCannotBeDeleted': 'the operator deletes no subnet',
  '400_InvalidAddressPrefixFormat': 'the operator writes no address prefix',
  '409_MissingSubscriptionRegistration':
    'every provider is registered; registration comes with a later version',
  '429_HybridCompute_GetOperationStatus':
    'tests put it in by a fault: plain text, of a call that is not ours',
  '429_RetryableError': 'the operator writes no subnet',
  '502_BadGatewayConnection': 'tests put it in by a fault',
  '503_ServerTimeout': 'tests put it in by a fault',
  '504_GatewayTimeout': 'tests put it in by a fault',
};

export const provocations: readonly Provocation[] = [
  { kind: '200_PreconditionFailed', provoke: (stage) => stage.failedOperation() },
  {
    kind: '400_InvalidResourceReference',
    provoke: (stage) => stage.putEndpoint(`${hub}/subnets/absent`),
  },
  { kind: '401_ExpiredAuthenticationToken', otherCode: true, provoke: () => unauthenticated() },
  {
    kind: '403_AuthorizationFailed',
    provoke(stage) {
      stage.world.rules.forbid('Microsoft.HybridCompute/machines/read');
      return stage.send('GET', serverId('office'));
    },
  },
  {
    kind: '404_ParentResourceNotFound',
    provoke: (stage) => stage.send('DELETE', `${hisZone}/A/gbl`),
  },
  {
    kind: '404_ResourceGroupNotFound',
    provoke: (stage) => stage.send('DELETE', idOf('absent', 'Microsoft.Network/privateDnsZones', 'a.b')),
  },
  { kind: '404_ResourceNotFound', provoke: (stage) => stage.send('GET', serverId('absent')) },
  {
    kind: '409_AnotherOperationInProgress',
    provoke(stage) {
      stage.putEndpoint(`${hub}/subnets/pe`);
      return stage.putEndpoint(`${hub}/subnets/pe`);
    },
  },
  {
    kind: '409_CannotDeleteResource',
    async provoke(stage) {
      await stage.putZone();
      const body = { location: 'global', properties: { virtualNetwork: { id: hub } } };
      stage.send('PUT', `${hisZone}/virtualNetworkLinks/hub`, body);
      await stage.clock.advance(60_000);
      return stage.send('DELETE', hisZone);
    },
  },
  {
    kind: '412_PreconditionFailed',
    async provoke(stage) {
      await stage.putZone();
      const put = (): ArmResponse =>
        stage.send('PUT', `${hisZone}/A/gbl`, { properties: { ttl: 10 } }, { 'if-none-match': '*' });
      put();
      return put();
    },
  },
  {
    // Recorded of another provider; the reads of a subscription are refused in the same envelope.
    kind: '429_ResourceRequestsThrottled',
    otherCode: true,
    provoke: (stage) =>
      Array.from({ length: 400 }, () => stage.send('GET', serverId('office'))).at(-1) ?? stage.nothing(),
  },
];

/** A small Azure in virtual time, for one provocation. */
export class Stage {
  readonly clock = new VirtualClock();
  readonly world = new AzureWorld({ clock: this.clock, random: seededRandom() });
  readonly portal = new Portal(this.world);

  constructor() {
    plant(this.world, smallSeed);
  }

  send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): ArmResponse {
    return this.world.handle(requestFor(method, path, body, headers));
  }

  putEndpoint(subnetId: string): ArmResponse {
    const link = { privateLinkServiceId: otherScopeId, groupIds: ['hybridcompute'] };
    const privateLinkServiceConnections = [{ name: 'arc', properties: link }];
    const properties = { subnet: { id: subnetId }, privateLinkServiceConnections };
    return this.send('PUT', endpointId, { location: 'westeurope', properties });
  }

  async putZone(headers: Record<string, string> = {}): Promise<ArmResponse> {
    const accepted = this.send('PUT', hisZone, { location: 'global' }, headers);
    await this.clock.advance(60_000);
    return accepted;
  }

  async failedOperation(): Promise<ArmResponse> {
    await this.putZone();
    const accepted = await this.putZone({ 'if-none-match': '*' });
    return this.send('GET', accepted.headers['azure-asyncoperation'] ?? '');
  }

  nothing(): never {
    throw new Error('nothing was sent');
  }
}

/** Status, envelope and the headers that a client acts on. */
export function errorDifferences(
  { kind, otherCode }: Pick<Provocation, 'kind' | 'otherCode'>,
  recorded: RecordedExchange,
  answer: ArmResponse,
): string[] {
  const found: string[] = [];
  if (recorded.status !== answer.status)
    found.push(`status is ${recorded.status}, simulated ${answer.status}`);
  for (const name of ['retry-after', 'www-authenticate']) {
    if (name in recorded.headers && !(name in answer.headers)) found.push(`header ${name} is missing`);
  }
  const bodies = shapeDifferences(jsonOrText(recorded.body), jsonOrText(answer.body));
  const counted = bodies.filter(({ path }) => !(otherCode && path === 'error.code'));
  return [...found, ...counted.map(({ path, what }) => `${path} ${what}`)].map((text) => `${kind}: ${text}`);
}
