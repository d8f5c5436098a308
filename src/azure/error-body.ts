/** What Resource Manager says in an error's body, made fit for people: one line, without what differs at every try. */
export interface ErrorBody {
  code?: string;
  /** Cleaned, without the details' own messages. */
  message?: string;
  details: ErrorBody[];
  /** Ids of the policy assignments or definitions that refuse. */
  policies: string[];
}

interface RawError {
  code?: unknown;
  message?: unknown;
  details?: unknown;
  innererror?: unknown;
  additionalInfo?: unknown;
}

interface PolicyInfo {
  info?: { policyAssignmentId?: unknown; policyDefinitionId?: unknown };
}

/** Details of details of details: deeper ones say nothing new. */
const deepest = 3;

/** With the envelope `{error: …}`, without it (private DNS record sets), or plain text (some 429). */
export function parseError(body: string): ErrorBody {
  try {
    const parsed = JSON.parse(body) as (RawError & { error?: RawError }) | null;
    return read(parsed?.error ?? parsed ?? {}, deepest);
  } catch {
    const text = clean(body);
    // A page is a proxy's or a gateway's, and nothing to put into a message.
    return { ...(text === '' || text.startsWith('<') ? {} : { message: text }), details: [], policies: [] };
  }
}

function read(error: RawError, depth: number): ErrorBody {
  const details = depth === 0 ? [] : [...list<RawError>(error.details)];
  const info = list<PolicyInfo>(error.additionalInfo).map(
    ({ info: own }) => own?.policyAssignmentId ?? own?.policyDefinitionId,
  );
  return {
    ...(typeof error.code === 'string' ? { code: error.code } : {}),
    ...(typeof error.message === 'string' ? { message: clean(error.message) } : {}),
    details: details.map((detail) => read(detail, depth - 1)),
    policies: info.filter((id) => typeof id === 'string').map(clean),
  };
}

function list<T>(value: unknown): T[] {
  return Array.isArray(value)
    ? (value.filter((item) => typeof item === 'object' && item !== null) as T[])
    : [];
}

/** Every code of the error, the outermost first. */
export function codesOf(error: ErrorBody): string[] {
  return [...(error.code === undefined ? [] : [error.code]), ...error.details.flatMap(codesOf)];
}

/** The error's message and what its details add to it, each as one sentence; empty when it says nothing. */
export function wordsOf(error: ErrorBody): string {
  const own = sentence(error.message ?? '');
  const more = error.details
    .map((detail) => ({ code: detail.code ?? '', words: wordsOf(detail) }))
    .filter(({ words }) => words !== '' && !own.includes(words.replace(/\.$/, '')))
    .map(({ code, words }) => (code === '' || words.includes(code) ? words : `${code}: ${words}`));
  return [own, ...more].filter((words) => words !== '').join(' ');
}

function sentence(text: string): string {
  return text === '' ? '' : text.replace(/[.\s]*$/, '.');
}

/** What is another at every try: addresses of operations, ids of requests, how long to wait. They are in the log. */
const guid = "'?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'?";
const passing: readonly RegExp[] = [
  / ?To retrieve status of the operation use uri: \S+/gi,
  new RegExp(` ?\\(${guid}\\)`, 'gi'),
  new RegExp(`[ ,;(]*\\b(?:tracking|correlation|request|activity|trace)[ -]?id[:=]? ?${guid}\\)?`, 'gi'),
  / ?(?:The call can be retried|Please try again|Please retry|Try again) (?:in|after) .*?(?:seconds|minutes|UTC|$)\.?/gi,
];

/** Azure's words as one line, without what passes. */
export function clean(text: string): string {
  return passing.reduce((rest, pattern) => rest.replaceAll(pattern, ''), oneLine(text)).trim();
}

/** Without control and formatting characters: what others wrote may hide or reverse the rest of a line. */
export function oneLine(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
