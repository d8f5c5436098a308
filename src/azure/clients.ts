import { HybridComputeManagementClient } from '@azure/arm-hybridcompute';
import { NetworkManagementClient } from '@azure/arm-network';
import { PrivateDnsManagementClient } from '@azure/arm-privatedns';
import type { TokenCredential } from '@azure/core-auth';
import { createPipelineRequest, type HttpClient, type HttpMethods } from '@azure/core-rest-pipeline';
import type { Cloud } from './clouds.ts';
import { isStatus } from './errors.ts';
import type { Poll } from './operations.ts';
import { armPolicy, type PolicyOptions } from './policies.ts';

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
  credential: TokenCredential;
  cloud: Cloud;
  userAgent: string;
  /** Replaces the network, for tests. */
  httpClient?: HttpClient;
}

export function createClients(options: ClientOptions): Clients {
  const { cloud, credential } = options;
  const common = {
    endpoint: cloud.resourceManager,
    retryOptions: { maxRetries: 0 },
    userAgentOptions: { userAgentPrefix: options.userAgent },
    additionalPolicies: [{ policy: armPolicy(options), position: 'perRetry' as const }],
    ...(options.httpClient ? { httpClient: options.httpClient } : {}),
  };
  // Each SDK has its own word for the token's scope; with the wrong one a sovereign cloud gets the public cloud's.
  const modern = { ...common, credentials: { scopes: [cloud.tokenScope] } };
  const hybridCompute = perSubscription(
    (id) =>
      new HybridComputeManagementClient(credential, id, { ...common, credentialScopes: [cloud.tokenScope] }),
  );
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
    network: perSubscription((id) => new NetworkManagementClient(credential, id, modern)),
    privateDns: perSubscription((id) => new PrivateDnsManagementClient(credential, id, modern)),
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

function perSubscription<T>(create: (subscriptionId: string) => T): (subscriptionId: string) => T {
  const known = new Map<string, T>();
  return (subscriptionId) => {
    const key = subscriptionId.toLowerCase();
    const client = known.get(key) ?? create(subscriptionId);
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
