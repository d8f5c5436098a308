import type { PipelinePolicy, PipelineRequest, PipelineResponse } from '@azure/core-rest-pipeline';
import pRetry, { AbortError } from 'p-retry';
import { AzureError, refused } from './errors.ts';
import { retryAfterMs, type Operations } from './operations.ts';
import type { Throttles } from './throttle.ts';
import { waiting } from '../base/errors.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import type { Metrics } from '../base/metrics.ts';

/** What every call to Azure Resource Manager goes through, whichever SDK makes it. */
export interface PolicyOptions {
  operations: Operations;
  throttles: Throttles;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
}

/** A call without an answer for so long is given up. */
const callTimeoutMs = 60_000;

/**
 * Turns answers that are not a success into `AzureError`s before the SDK sees them (its own lose details), feeds the
 * throttles and remembers begun operations. The SDK's retries are off; the queue retries.
 */
export function armPolicy(options: PolicyOptions): PipelinePolicy {
  const meters = createMeters(options.metrics);
  return {
    name: 'arm',
    async sendRequest(request, next) {
      const call = describe(request);
      hold(options.throttles, call);
      request.timeout = callTimeoutMs;
      const begun = options.clock.monotonic();
      options.throttles.sent(call.operationClass);
      const answer = await send(options, meters, call, () => connected(request, next));
      options.throttles.answered(call.operationClass, call.subscription, answer.headers);
      meters.done(call.operation, answer.status, (options.clock.monotonic() - begun) / 1000);
      options.log.debug({ call: call.operation, status: answer.status }, 'azure');
      return judge(options, call, answer);
    },
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
    meters.done(call.operation, 0, 0);
    if (error instanceof Error && error.name === 'OperatorError') throw error;
    const text = error instanceof Error ? error.message : String(error);
    const message = `${call.operation}: no answer from Azure (${text}).`;
    throw new AzureError('transient', 0, 'AzureUnavailable', message, { cause: error });
  }
}

function judge(options: PolicyOptions, call: Call, answer: PipelineResponse): PipelineResponse {
  const headers = { get: (name: string): string | undefined => answer.headers.get(name) };
  if (answer.status < 400) {
    const poll = { status: answer.status, headers, body: answer.bodyAsText ?? '' };
    if (call.writes) options.operations.begin(call.path, call.method, poll);
    return answer;
  }
  const error = refused({
    status: answer.status,
    body: answer.bodyAsText ?? '',
    operation: call.operation,
    ...(answer.headers.has('retry-after') ? { retryAfterMs: retryAfterMs({ headers }) } : {}),
  });
  // A 429 about one busy resource (RetryableError) says nothing of the subscription's limits.
  if (answer.status === 429 && !error.code.startsWith('Retryable')) {
    options.throttles.refused(call.operationClass, error.retryAfterMs ?? 5_000);
  }
  throw error;
}

/** Calls that would only be refused are not sent while a 429's Retry-After runs. */
function hold(throttles: Throttles, call: Call): void {
  const pauseMs = throttles.pauseMs(call.operationClass);
  if (pauseMs <= 0) return;
  const message = `Azure asks to slow down; going on in ${Math.ceil(pauseMs / 1000)} s.`;
  throw waiting('Throttled', message, { retryAfterMs: pauseMs });
}

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
 * idempotent (GET, PUT and DELETE by nature, PATCH because it sets one property), so repeating does no harm.
 */
function connected(
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
  return pRetry(attempt, { retries: 1, minTimeout: 200, maxTimeout: 500 });
}

interface Call {
  /** The resource's own path, without query. */
  path: string;
  subscription: string;
  /** `PATCH machines/web-1`, for messages; `PATCH machines` for metrics and throttles. */
  operation: string;
  operationClass: string;
  writes: boolean;
  method: string;
}

/** What a request is about, from its method and path alone. */
export function describe(request: { method: string; url: string }): Call {
  const path = decodeURIComponent(new URL(request.url).pathname);
  const [, subscription = ''] = /^\/subscriptions\/([^/]+)/i.exec(path) ?? [];
  const tail = path.split(/\/providers\/[^/]+\//i).pop() ?? path;
  const parts = tail.split('/').filter((part) => part !== '');
  const types = parts.filter((_, index) => index % 2 === 0).join('/');
  const name = parts.length % 2 === 0 && parts.length > 0 ? ` ${parts[parts.length - 1]}` : '';
  // Poll addresses carry random names: one class for all of them.
  const polls = /operation(s|statuses|results|status)/i.test(types);
  const what = polls ? 'operations' : types;
  return {
    path,
    subscription,
    operation: `${request.method} ${what}${polls ? '' : name}`,
    operationClass: `${subscription} ${request.method} ${what}`,
    writes: request.method === 'PUT' || request.method === 'DELETE',
    method: request.method,
  };
}

interface Meters {
  done(operation: string, status: number, seconds: number): void;
}

function createMeters(metrics: Metrics): Meters {
  const total = metrics.counter('azure_requests_total', 'Calls of Azure Resource Manager.', [
    'operation',
    'code',
  ]);
  const time = metrics.histogram('azure_requests_time_seconds', 'Their duration.', ['operation']);
  return {
    done(operation, status, seconds) {
      // Without the resource's name: one series for each kind of call.
      const [method = '', types = ''] = operation.split(' ');
      const label = `${method} ${types}`;
      total.inc({ operation: label, code: String(status) });
      if (status > 0) time.observe({ operation: label }, seconds);
    },
  };
}
