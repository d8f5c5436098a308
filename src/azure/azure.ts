import type { HttpClient } from '@azure/core-rest-pipeline';
import { ArmTime } from './arm-time.ts';
import { unanswered } from './authentication-errors.ts';
import { createClients } from './clients.ts';
import type { Cloud } from './clouds.ts';
import { identityName, type Credential } from './credentials.ts';
import { hybridComputeCalls } from './hybrid-compute.ts';
import { networkCalls } from './network.ts';
import { Operations } from './operations.ts';
import { privateDnsCalls } from './private-dns.ts';
import { signIn } from './sign-in.ts';
import { resourceCalls } from './resources.ts';
import { readServiceTags, ServiceTagCache } from './service-tags.ts';
import { securityRuleCalls } from './security-rules.ts';
import { sharedCalls } from './shared-calls.ts';
import { MachineSnapshots } from './snapshot.ts';
import { Throttles } from './throttle.ts';
import { Tokens, type TokenSource } from './tokens.ts';
import type { Azure } from './types.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import type { Metrics } from '../base/metrics.ts';

export interface AzureOptions {
  credential: Credential;
  cloud: Cloud;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
  userAgent: string;
  /** Replaces the network, and @azure/identity, for tests. */
  httpClient?: HttpClient;
  signIn?: (credential: Credential) => TokenSource;
}

/** Azure as one identity sees it. No request is made before the first call. */
export function createAzure(options: AzureOptions): Azure {
  const { cloud, clock, credential } = options;
  const armTime = new ArmTime(clock);
  const operations = new Operations(clock, armTime, cloud.resourceManager);
  const throttles = new Throttles(clock);
  const identity = identityName(credential);
  const source = options.signIn?.(credential) ?? signIn(credential, options);
  const tokens = new Tokens({ ...options, identity, source, silence: unanswered(credential) });
  const clients = createClients({ ...options, tokens, operations, throttles, armTime });
  const hybridCompute = hybridComputeCalls(clients);
  const snapshots = new MachineSnapshots(
    (subscriptionId, keep) => hybridCompute.listMachines(subscriptionId, keep),
    clock,
  );
  const serviceTags = new ServiceTagCache(
    (subscriptionId, location, wanted) => readServiceTags(clients.raw, subscriptionId, location, wanted),
    clock,
  );
  const resources = resourceCalls(clients);
  const network = networkCalls(clients);
  const privateDns = privateDnsCalls(clients);
  return {
    identity,
    cloud: cloud.name,
    now: () => armTime.now(),
    usualZoneNames: () => cloud.usualZoneNames,
    ...hybridCompute,
    ...securityRuleCalls(clients),
    ...resources,
    ...network,
    ...privateDns,
    ...sharedCalls({ ...resources, ...network, ...privateDns }, clock),
    machines: (subscriptionId, maxAgeMs) => snapshots.get(subscriptionId, maxAgeMs),
    serviceTags: (subscriptionId, location, names, maxAgeMs) =>
      serviceTags.get({ subscriptionId, location, names }, maxAgeMs),
    async setMachineScope(id, scopeId) {
      const machine = await hybridCompute.patchMachine(id, scopeId);
      snapshots.changed(machine);
      return machine;
    },
    writeBudget: (subscriptionId) => throttles.budget(machineWrites(subscriptionId)),
    settled: (resourceId) => operations.forget(resourceId),
    progress: (resourceId, of) => operations.progress(resourceId, (url) => clients.poll(url), of),
  };
}

/** The class of calls that a PATCH of a server belongs to; see `describe` in call.ts. */
function machineWrites(subscriptionId: string): string {
  return `${subscriptionId.toLowerCase()} PATCH machines`;
}
