import { worldHttpClient, type Intercept } from './http-client.ts';
import type { AzureWorld } from './world.ts';
import { createAzure } from '../../../src/azure/azure.ts';
import { cloudOf } from '../../../src/azure/clouds.ts';
import type { Azure } from '../../../src/azure/types.ts';
import { silentLogger, type Logger } from '../../../src/base/log.ts';
import { noMetrics } from '../../../src/base/metrics.ts';

export interface Connection {
  azure: Azure;
  /** How often a token was asked for. */
  tokens(): number;
}

/** The operator's own calls, SDKs and pipeline included, on a simulated world without sockets. */
export function connect(
  world: AzureWorld,
  options: { intercept?: Intercept; log?: Logger } = {},
): Connection {
  let asked = 0;
  const azure = createAzure({
    credential: { kind: 'clientSecret', tenantId: 'tenant', clientId: 'client', clientSecret: 'secret' },
    cloud: cloudOf({
      cloud: 'AzurePublic',
      authorityHost: undefined,
      resourceManagerEndpoint: undefined,
      resourceManagerAudience: undefined,
    }),
    clock: world.clock,
    log: options.log ?? silentLogger,
    metrics: noMetrics,
    userAgent: 'test',
    httpClient: worldHttpClient(world, options.intercept),
    signIn: () => async () => {
      asked += 1;
      return await Promise.resolve({ token: 'token', expiresOnTimestamp: Number.MAX_SAFE_INTEGER });
    },
  });
  return { azure, tokens: () => asked };
}
