import { HybridComputeManagementClient } from '@azure/arm-hybridcompute';
import { NetworkManagementClient } from '@azure/arm-network';
import { PrivateDnsManagementClient } from '@azure/arm-privatedns';
import type { TokenCredential } from '@azure/core-auth';
import {
  bearerTokenAuthenticationPolicyName,
  createPipelineRequest,
  type HttpClient,
  type HttpMethods,
  type Pipeline,
} from '@azure/core-rest-pipeline';
import { bearerPolicy } from './bearer.ts';
import type { Cloud } from './clouds.ts';
import { isStatus } from './errors.ts';
import type { Poll } from './operations.ts';
import { armPolicy, type PolicyOptions } from './policies.ts';
import type { Tokens } from './tokens.ts';

/** The management SDKs of one identity, one set for each subscription, and what they lack. */
export interface Clients {
  hybridCompute(subscriptionId: string): HybridComputeManagementClient;
  network(subscriptionId: string): NetworkManagementClient;
  privateDns(subscriptionId: string): PrivateDnsManagementClient;
  /** One request to the resource manager through the same pipeline, for calls that no SDK has. */
  send(method: HttpMethods, path: string, apiVersion: string, body?: unknown): Promise<unknown>;
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
  const bearer = bearerPolicy({ ...options, resourceManager: cloud.resourceManager });
  const common = {
    endpoint: cloud.resourceManager,
    retryOptions: { maxRetries: 0 },
    userAgentOptions: { userAgentPrefix: options.userAgent },
    additionalPolicies: [armPolicy(options), bearer].map((policy) => ({
      policy,
      position: 'perRetry' as const,
    })),
    ...(options.httpClient ? { httpClient: options.httpClient } : {}),
  };
  const hybridCompute = perSubscription((id) => new HybridComputeManagementClient(unused, id, { ...common }));
  const raw = async (method: HttpMethods, url: string, body?: unknown) => {
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    const request = createPipelineRequest({ url, method, ...text });
    request.headers.set('accept', 'application/json');
    if (body !== undefined) request.headers.set('content-type', 'application/json');
    // Any subscription's client will do: the address is complete, and all of them share identity and pipeline.
    return await hybridCompute('00000000-0000-0000-0000-000000000000').sendRequest(request);
  };
  return {
    hybridCompute,
    network: perSubscription((id) => new NetworkManagementClient(unused, id, common)),
    privateDns: perSubscription((id) => new PrivateDnsManagementClient(unused, id, common)),
    async send(method, path, apiVersion, body) {
      const answer = await raw(method, `${cloud.resourceManager}${path}?api-version=${apiVersion}`, body);
      return answer.bodyAsText ? (JSON.parse(answer.bodyAsText) as unknown) : undefined;
    },
    async poll(url) {
      try {
        const answer = await raw('GET', url);
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

/** The answer, or undefined for 404. */
export async function unlessAbsent<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isStatus(error, 404)) return undefined;
    throw error;
  }
}

export async function collect<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of pages) all.push(item);
  return all;
}
