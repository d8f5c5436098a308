import type { PipelinePolicy, PipelineRequest, PipelineResponse } from '@azure/core-rest-pipeline';
import pRetry, { AbortError } from 'p-retry';
import type { ArmTime } from './arm-time.ts';
import { describe, isSameHost, type Call } from './call.ts';
import { AzureError, refused, throttled, unexpected, type RequestIds } from './errors.ts';
import type { Operations } from './operations.ts';
import { retryAfterMs } from './retry-after.ts';
import type { Throttles } from './throttle.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import type { Metrics } from '../base/metrics.ts';

/** What every call to Azure Resource Manager goes through, whichever SDK makes it. */
export interface PolicyOptions {
  operations: Operations;
  throttles: Throttles;
  armTime: ArmTime;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
}

/** How long calls of a kind are held back after a 429 that does not say, in milliseconds. */
const unsaidPauseMs = 5_000;

/** A call without an answer for so long is given up. */
const callTimeoutMs = 60_000;

/**
 * Refuses requests to any other host before a token is attached: what an answer names as its next page, or anything
 * else that a resource's author could write, never chooses where a token goes. Stands before the policy of tokens.
 */
export function hostPolicy(resourceManager: string): PipelinePolicy {
  return {
    name: 'armHost',
    sendRequest(request, next) {
      requireSameHost(request.url, resourceManager, request.method);
      return next(request);
    },
  };
}

export function requireSameHost(url: string, resourceManager: string, method: string): void {
  if (isSameHost(url, resourceManager)) return;
  const where = URL.canParse(url) ? new URL(url).origin : 'no address at all';
  throw unexpected(method, 0, `an answer leads to ${where}, where no token is sent`);
}

/**
 * Turns answers that are not a success into `AzureError`s before the SDK sees them (its own lose details), feeds the
 * throttles and remembers begun operations. The SDK's retries are off; the queue retries. Every success is parsed to
 * see that it is JSON, unless the caller says that it does so itself (`parsed`): a listing has megabytes.
 */
export function armPolicy(options: PolicyOptions, { parsed = false } = {}): PipelinePolicy {
  const isJson = parsed ? looksLikeJson : parses;
  const meters = createMeters(options.metrics);
  return {
    name: 'arm',
    async sendRequest(request, next) {
      const call = describe(request);
      hold(options.throttles, call);
      request.timeout = callTimeoutMs;
      const sentMs = options.clock.monotonic();
      options.throttles.sent(call.operationClass);
      const answer = await send(options, meters, call, () => connected(options.clock, request, next));
      options.throttles.answered(call.operationClass, call.subscription, answer.headers);
      meters.done(call.kind, answer.status, (options.clock.monotonic() - sentMs) / 1000);
      const ids = idsOf(answer);
      // Proxies have clocks of their own: only what carries Azure's ids tells Azure's time.
      if (ids.requestId !== undefined) options.armTime.answered(answer.headers.get('date'), sentMs);
      options.log.debug({ call: call.operation, status: answer.status, ...ids }, 'azure');
      return judge({ ...options, isJson }, call, answer, ids);
    },
  };
}

function idsOf({ headers }: PipelineResponse): RequestIds {
  const requestId = headers.get('x-ms-request-id');
  const correlationId = headers.get('x-ms-correlation-request-id');
  return {
    ...(requestId === undefined ? {} : { requestId }),
    ...(correlationId === undefined ? {} : { correlationId }),
  };
}

async function send(
  options: PolicyOptions,
  meters: Meters,
  call: Call,
  attempt: () => Promise<PipelineResponse>,
): Promise<PipelineResponse> {
  try {
    return await attempt();
  } catch (error) {
    options.throttles.answered(call.operationClass, call.subscription, []);
    meters.done(call.kind, 0, 0);
    if (error instanceof Error && error.name === 'OperatorError') throw error;
    const text = error instanceof Error ? error.message : String(error);
    const message = `${call.operation}: no answer from Azure (${text}).`;
    throw new AzureError('transient', 0, 'AzureUnavailable', message, { cause: error });
  }
}

function judge(
  options: PolicyOptions & { isJson: (body: string) => boolean },
  call: Call,
  answer: PipelineResponse,
  ids: RequestIds,
): PipelineResponse {
  const { status } = answer;
  const headers = { get: (name: string): string | undefined => answer.headers.get(name) };
  const body = answer.bodyAsText ?? '';
  if (status < 400) {
    const wrong =
      notAzure(call, status, body) ?? (options.isJson(body) ? undefined : 'the answer is no JSON');
    if (wrong !== undefined) throw unexpected(call.operation, status, wrong, ids);
    if (call.writes) options.operations.begin(call.path, call.method, { status, headers, body });
    return answer;
  }
  const pauseMs = retryAfterMs(headers, options.armTime.now());
  const { operation, namespace, subscription } = call;
  const error = refused({
    status,
    body,
    operation,
    asked: { namespace, subscription },
    ...(pauseMs === undefined ? {} : { retryAfterMs: pauseMs }),
    ...ids,
  });
  // A 429 about one busy resource (RetryableError) says nothing of the subscription's limits.
  if (error.reason === 'Throttled')
    options.throttles.refused(call.operationClass, error.retryAfterMs ?? unsaidPauseMs);
  throw error;
}

/** Why a success is none of Azure's: a page to log in at, say, which must never count as an empty listing. */
function notAzure({ method, polls }: Call, status: number, body: string): string | undefined {
  if (status >= 300) return `the answer ${status} leads elsewhere`;
  return body === '' && method === 'GET' && !polls ? 'the answer is empty' : undefined;
}

function looksLikeJson(body: string): boolean {
  return /^\s*($|[{[])/.test(body);
}

function parses(body: string): boolean {
  try {
    return body === '' || JSON.parse(body) !== undefined;
  } catch {
    return false;
  }
}

/** Calls that would only be refused are not sent: while a 429's Retry-After runs, and where none is left. */
function hold(throttles: Throttles, call: Call): void {
  // PATCHes of servers have been admitted by their budget, which looks further ahead.
  const admitted = call.kind === 'PATCH machines';
  const pauseMs = admitted ? throttles.pauseMs(call.operationClass) : throttles.holdMs(call.operationClass);
  if (pauseMs > 0) throw throttled(call.operation, pauseMs);
}

/** Before the one more try, in milliseconds. */
const repeatAfterMs = 200;

const connectionErrors = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/**
 * One more try, shortly after, when the connection broke before an answer came. Every call of the operator is
 * idempotent (GET, PUT and DELETE by nature, PATCH because it sets one property or merges tags), so repeating does no
 * harm.
 */
function connected(
  clock: Clock,
  request: PipelineRequest,
  next: (request: PipelineRequest) => Promise<PipelineResponse>,
): Promise<PipelineResponse> {
  const attempt = async (): Promise<PipelineResponse> => {
    try {
      return await next(request);
    } catch (error) {
      const code = (error as { code?: unknown }).code;
      if (typeof code === 'string' && connectionErrors.has(code)) throw error;
      throw new AbortError(error instanceof Error ? error : new Error(String(error)));
    }
  };
  // By the operator's own clock, so that a test's time covers it.
  const pause = async ({ retriesLeft }: { retriesLeft: number }): Promise<void> => {
    if (retriesLeft > 0) await clock.sleep(repeatAfterMs);
  };
  return pRetry(attempt, { retries: 1, minTimeout: 0, maxTimeout: 0, onFailedAttempt: pause });
}

interface Meters {
  /** `kind` has no resource's name: one series for each kind of call. */
  done(kind: string, status: number, seconds: number): void;
}

function createMeters(metrics: Metrics): Meters {
  const total = metrics.counter('azure_requests_total', 'Calls of Azure Resource Manager.', [
    'operation',
    'code',
  ]);
  const time = metrics.histogram('azure_requests_time_seconds', 'Their duration.', ['operation']);
  return {
    done(kind, status, seconds) {
      total.inc({ operation: kind, code: String(status) });
      if (status > 0) time.observe({ operation: kind }, seconds);
    },
  };
}
