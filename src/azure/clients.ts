import {
  createDefaultHttpClient,
  createPipelineFromOptions,
  type HttpClient,
} from '@azure/core-rest-pipeline';
import { bearerPolicy } from './bearer.ts';
import type { Cloud } from './clouds.ts';
import { isStatus } from './errors.ts';
import type { Poll } from './operations.ts';
import { armPolicy, hostPolicy, type PolicyOptions } from './policies.ts';
import { createRaw, type Raw } from './raw.ts';
import type { Tokens } from './tokens.ts';

/** Resource Manager as one identity calls it. */
export interface Clients {
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
  const pipeline = createPipelineFromOptions({
    retryOptions: { maxRetries: 0 },
    userAgentOptions: { userAgentPrefix: options.userAgent },
    // Resource Manager never redirects; a proxy that wants somebody to log in does.
    redirectOptions: { maxRetries: 0 },
  });
  // Refusals become errors outside of the token's policy, which tries once more with another token.
  for (const policy of [host, armPolicy(options, { parsed: true }), bearer])
    pipeline.addPolicy(policy, { afterPhase: 'Sign' });
  const httpClient = options.httpClient ?? createDefaultHttpClient();
  const raw = createRaw(cloud.resourceManager, (request) => pipeline.sendRequest(httpClient, request));
  return {
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
