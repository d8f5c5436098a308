import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/**
 * Recorded request/response pairs of the public test suites: cassettes of VCR.py and of go-vcr (YAML) and Pester
 * recordings (JSON).
 */
export interface RecordedExchange {
  method: string;
  url: URL;
  requestHeaders: Record<string, string>;
  requestBody: string;
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: string;
}

interface Cassette {
  interactions: {
    request: {
      method: string;
      /** VCR.py's name for it. */
      uri?: string;
      /** go-vcr's. */
      url?: string;
      body?: string | null;
      headers?: Record<string, string[] | string>;
    };
    response: {
      /** go-vcr has the code beside a text, `404 Not Found`. */
      status: { code: number } | string;
      code?: number;
      headers?: Record<string, string[] | string>;
      body?: { string?: string } | string;
    };
  }[];
}

type Pester = Record<
  string,
  {
    Request: {
      Method: string;
      RequestUri: string;
      Content?: string | null;
      Headers?: Record<string, string[]>;
      ContentHeaders?: Record<string, string[]>;
    };
    Response: {
      StatusCode: number;
      Headers?: Record<string, string[]>;
      ContentHeaders?: Record<string, string[]>;
      Content?: string | null;
    };
  }
>;

export function readRecording(path: string): RecordedExchange[] {
  const text = readFileSync(path, 'utf8');
  return path.endsWith('.json')
    ? fromPester(JSON.parse(text) as Pester)
    : fromCassette(parse(text) as Cassette);
}

export function fromCassette({ interactions }: Cassette): RecordedExchange[] {
  return interactions.map(({ request, response }) => ({
    method: request.method,
    url: new URL(request.uri ?? request.url ?? ''),
    requestHeaders: flat(request.headers),
    requestBody: request.body ?? '',
    status: typeof response.status === 'string' ? (response.code ?? 0) : response.status.code,
    headers: flat(response.headers),
    body: typeof response.body === 'string' ? response.body : (response.body?.string ?? ''),
  }));
}

/** The number behind the last `+` of each key is the order. */
export function fromPester(recording: Pester): RecordedExchange[] {
  const order = (key: string): number => Number(key.slice(key.lastIndexOf('+') + 1));
  return Object.entries(recording)
    .sort(([one], [other]) => order(one) - order(other))
    .map(([, { Request, Response }]) => ({
      method: Request.Method,
      url: new URL(Request.RequestUri),
      requestHeaders: { ...flat(Request.Headers), ...flat(Request.ContentHeaders) },
      requestBody: Request.Content ?? '',
      status: Response.StatusCode,
      headers: { ...flat(Response.Headers), ...flat(Response.ContentHeaders) },
      body: Response.Content ?? '',
    }));
}

function flat(headers: Record<string, string[] | string> | undefined): Record<string, string> {
  const pairs = Object.entries(headers ?? {}).map(([name, value]) => [
    name.toLowerCase(),
    Array.isArray(value) ? (value[0] ?? '') : value,
  ]);
  return Object.fromEntries(pairs) as Record<string, string>;
}
