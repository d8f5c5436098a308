import type { PipelinePolicy, PipelineRequest, PipelineResponse } from '@azure/core-rest-pipeline';
import { parseError } from './errors.ts';
import type { Tokens } from './tokens.ts';
import type { Clock } from '../base/clock.ts';
import { fault } from '../api/reasons.ts';

export interface BearerOptions {
  tokens: Pick<Tokens, 'get' | 'refused'>;
  /** The only place that ever gets a token. */
  resourceManager: string;
  clock: Pick<Clock, 'monotonic'>;
}

/**
 * Sends the identity's token along, and once more with another one when Azure refuses it. It stands in for the SDK's
 * `bearerTokenAuthenticationPolicy`, which renews tokens behind everybody's back and lets their failures end the process.
 * The token's time is taken from the call's own `timeout`.
 */
export function bearerPolicy(options: BearerOptions): PipelinePolicy {
  const { tokens, clock } = options;
  const trusted = new URL(options.resourceManager).origin;
  return {
    name: 'bearer',
    async sendRequest(request, next) {
      checkAddress(request, trusted);
      const begun = clock.monotonic();
      const limit = request.timeout;
      const left = (): number => (limit === 0 ? 0 : Math.max(1, limit - (clock.monotonic() - begun)));
      const send = async (token: string): Promise<PipelineResponse> => {
        request.headers.set('authorization', `Bearer ${token}`);
        request.timeout = left();
        return await next(request);
      };
      try {
        const token = await tokens.get();
        const answer = await send(token);
        const demand = demandOf(answer);
        if (demand === undefined || !tokens.refused(token, demand.claims)) return answer;
        const another = await tokens.get();
        return another === token ? answer : await send(another);
      } finally {
        request.timeout = left();
      }
    },
  };
}

/** A redirect, a poll address or a `nextLink` never chooses where a token is sent. */
function checkAddress(request: PipelineRequest, trusted: string): void {
  const { origin } = new URL(request.url);
  if (origin === trusted && origin.startsWith('https:')) return;
  throw fault(
    'AzureUnavailable',
    `Azure pointed to ${origin}, which is not its resource manager (${trusted}); no token is sent there.`,
  );
}

/** Codes of a token that is over or was withdrawn; with any other, another token would fare no better. */
const worn = new Set(['ExpiredAuthenticationToken', 'InvalidAuthenticationToken']);

/** Whether an answer asks for another token, and with which claims (learn: "Claims challenges, claims requests"). */
function demandOf(answer: PipelineResponse): { claims?: string } | undefined {
  if (answer.status !== 401) return undefined;
  const challenge = answer.headers.get('www-authenticate') ?? '';
  const [, encoded] = /\bclaims="([\w+/=-]{1,8000})"/.exec(challenge) ?? [];
  const claims = encoded === undefined ? undefined : decoded(encoded);
  if (claims !== undefined) return { claims };
  return worn.has(parseError(answer.bodyAsText ?? '').code ?? '') ? {} : undefined;
}

function decoded(base64: string): string | undefined {
  const text = Buffer.from(base64, 'base64').toString('utf8');
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null ? text : undefined;
  } catch {
    // Not a claims request: the call fails with what Azure said.
    return undefined;
  }
}
