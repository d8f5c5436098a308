import { HybridComputeManagementClient } from '@azure/arm-hybridcompute';
import { NetworkManagementClient } from '@azure/arm-network';
import { PrivateDnsManagementClient } from '@azure/arm-privatedns';
import type { TokenCredential } from '@azure/core-auth';
import {
  bearerTokenAuthenticationPolicyName,
  createDefaultHttpClient,
  createPipelineFromOptions,
  type HttpClient,
  type Pipeline,
} from '@azure/core-rest-pipeline';
import { bearerPolicy } from './bearer.ts';
import type { Cloud } from './clouds.ts';
import { isStatus } from './errors.ts';
import type { Poll } from './operations.ts';
import { armPolicy, hostPolicy, type PolicyOptions } from './policies.ts';
import { createRaw, type Raw } from './raw.ts';
import type { Tokens } from './tokens.ts';

/** The management SDKs of one identity, one set for each subscription, and what they lack. */
export interface Clients {
  hybridCompute(subscriptionId: string): HybridComputeManagementClient;
  network(subscriptionId: string): NetworkManagementClient;
  privateDns(subscriptionId: string): PrivateDnsManagementClient;
  raw: Raw;
  /** GET of an operation's own address, to the letter; undefined when its record is gone or not to be seen. */
  poll(url: string): Promise<Poll | undefined>;
}

export interface ClientOptions extends PolicyOptions {
  tokens: Tokens;
  cloud: Cloud;
  userAgent: string;
  /** Replaces the network, for tests. */
  httpClient?: HttpClient;
}

export function createClients(options: ClientOptions): Clients {
  const { cloud } = options;
  const host = hostPolicy(cloud.resourceManager);
  const bearer = bearerPolicy({ ...options, resourceManager: cloud.resourceManager });
  const common = {
    endpoint: cloud.resourceManager,
    retryOptions: { maxRetries: 0 },
    userAgentOptions: { userAgentPrefix: options.userAgent },
    // Resource Manager never redirects; a proxy that wants somebody to log in does.
    redirectOptions: { maxRetries: 0 },
    ...(options.httpClient ? { httpClient: options.httpClient } : {}),
  };
  // Refusals become errors outside of the token's policy, which tries once more with another token.
  const policies = [
    { policy: host, position: 'perCall' as const },
    ...[armPolicy(options), bearer].map((policy) => ({ policy, position: 'perRetry' as const })),
  ];
  const sdk = { ...common, additionalPolicies: policies };
  const hybridCompute = perSubscription((id) => new HybridComputeManagementClient(unused, id, { ...sdk }));
  // A pipeline of its own: an SDK's would parse every answer as well.
  const pipeline = createPipelineFromOptions(common);
  for (const policy of [host, armPolicy(options, { parsed: true }), bearer])
    pipeline.addPolicy(policy, { afterPhase: 'Sign' });
  const httpClient = options.httpClient ?? createDefaultHttpClient();
  const raw = createRaw(cloud.resourceManager, (request) => pipeline.sendRequest(httpClient, request));
  return {
    hybridCompute,
    network: perSubscription((id) => new NetworkManagementClient(unused, id, sdk)),
    privateDns: perSubscription((id) => new PrivateDnsManagementClient(unused, id, sdk)),
    raw,
    async poll(url) {
      try {
        const answer = await raw.fetch(url);
        return {
          status: answer.status,
          headers: { get: (name) => answer.headers.get(name) },
          body: answer.bodyAsText ?? '',
        };
      } catch (error) {
        // Nor is it told to whoever may not read operations, as where roles end at resource groups.
        if ([403, 404, 410].some((status) => isStatus(error, status))) return undefined;
        throw error;
      }
    },
  };
}

/** The SDKs insist on one and put a policy of theirs around it, which goes: see bearer.ts. */
const unused: TokenCredential = {
  getToken: () => Promise.reject(new Error('tokens are had by the policy "bearer" alone')),
};

function perSubscription<T extends { pipeline: Pipeline }>(
  create: (subscriptionId: string) => T,
): (subscriptionId: string) => T {
  const known = new Map<string, T>();
  return (subscriptionId) => {
    const key = subscriptionId.toLowerCase();
    const before = known.get(key);
    if (before !== undefined) return before;
    const client = create(subscriptionId);
    client.pipeline.removePolicy({ name: bearerTokenAuthenticationPolicyName });
    known.set(key, client);
    return client;
  };
}
