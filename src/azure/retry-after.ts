/**
 * Retry-After in milliseconds, to the second, as seconds or as a date (RFC 9110, section 10.2.3), however long.
 * Undefined when it is absent, unreadable or not in the future. A date is measured against the answer's own `Date`, so
 * that a wrong clock here does no harm; against `nowMs` when it has none.
 */
export function retryAfterMs(
  headers: { get(name: string): string | undefined },
  nowMs: number,
): number | undefined {
  const text = headers.get('retry-after')?.trim() ?? '';
  const waitMs = /^\d+$/.test(text)
    ? Number(text) * 1000
    : Date.parse(text) - (dateMs(headers.get('date')) ?? nowMs);
  return Number.isFinite(waitMs) && waitMs > 0 ? waitMs : undefined;
}

/** An HTTP date in milliseconds since 1970; undefined when it is none. */
export function dateMs(text: string | undefined): number | undefined {
  const parsed = Date.parse(text ?? '');
  return Number.isFinite(parsed) ? parsed : undefined;
}
