import type { Dispatcher } from 'undici';
import { KubernetesError, NoKubernetesAnswer } from './client.ts';

/** What the API server's refusals, and no answer at all, become. */

/** The error of an answer that is no success; reads its body. `nowMs` is wall time, for answers without a `Date`. */
export async function failure(response: Dispatcher.ResponseData, nowMs: number): Promise<KubernetesError> {
  const status = parsed(await response.body.text());
  const retryAfterMs = retryAfter(response.headers, nowMs);
  const message = status.message ?? `the Kubernetes API answered ${response.statusCode}`;
  const options = retryAfterMs === undefined ? {} : { retryAfterMs };
  return new KubernetesError(response.statusCode, status.reason ?? '', message, options);
}

function parsed(text: string): { reason?: string; message?: string } {
  try {
    return JSON.parse(text) as { reason?: string; message?: string };
  } catch {
    // Not from the API server itself but from something before it.
    return {};
  }
}

/** Seconds or a date (RFC 9110, 10.2.3), as milliseconds from now by the clock of whoever answered. */
function retryAfter(headers: Dispatcher.ResponseData['headers'], nowMs: number): number | undefined {
  const value = headerOf(headers, 'retry-after').trim();
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const until = Date.parse(value);
  const answered = Date.parse(headerOf(headers, 'date'));
  return Number.isNaN(until) ? undefined : Math.max(0, until - (Number.isNaN(answered) ? nowMs : answered));
}

function headerOf(headers: Dispatcher.ResponseData['headers'], name: string): string {
  const value = headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? '';
}

/** Whatever a call threw: the API server's own refusals as they are, the rest as a lack of an answer. */
export function asKubernetesError(error: unknown): Error {
  if (error instanceof KubernetesError) return error;
  return new NoKubernetesAnswer(error);
}
