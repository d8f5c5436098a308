import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LiveValidator } from 'oav';
import { parsePath } from '../world/azure/ids.ts';
import type { ArmResponse } from '../world/azure/http.ts';
import { jsonOrText } from './shape.ts';

/** Exchanges of the scenarios, held against Azure's own OpenAPI documents by Azure's own validator. */
export interface RecordedCall {
  request: { method: string; url: string; headers: Record<string, string>; body: string };
  response: ArmResponse;
}

export interface Complaint {
  /** `PUT privateEndpoints 201`. */
  call: string;
  side: 'request' | 'response';
  code: string;
  message: string;
}

type StringMap = Record<string, unknown>;

/** The versions of the documents; newer calls are the same in what the operator uses. */
const versions: Record<string, string> = {
  'microsoft.hybridcompute': '2021-05-20',
  'microsoft.network': '2021-02-01',
  'microsoft.network/privatednszones': '2020-06-01',
};

export function readExchanges(folder: string): RecordedCall[] {
  const lines = readdirSync(folder)
    .filter((file) => file.endsWith('.jsonl'))
    .flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n'))
    .filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as RecordedCall);
}

/** One of each: thousands of polls and listings are alike. */
export function distinct(calls: readonly RecordedCall[]): RecordedCall[] {
  const seen = new Map<string, RecordedCall>();
  for (const call of calls) {
    const { pathname } = new URL(call.request.url);
    const key = [
      call.request.method,
      pathname,
      call.request.body,
      call.response.status,
      shapeKey(call.response.body),
    ].join('\n');
    if (!seen.has(key)) seen.set(key, call);
  }
  return [...seen.values()];
}

function shapeKey(body: string): string {
  return body.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '').slice(0, 4000);
}

/** Loads the documents, examples and common types left out; takes a few seconds. */
export async function createValidator(directory: string): Promise<LiveValidator> {
  const documents = readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json') && !/examples|common-types/.test(file))
    .map((file) => join(directory, file));
  const options = { directory, swaggerPaths: documents, git: { shouldClone: false } };
  const failures: string[] = [];
  const validator = new LiveValidator(options, (message, level) => {
    if (level === 'error') failures.push(message);
  });
  await validator.initialize();
  if (failures.length > 0) throw new Error(`the specifications could not be loaded: ${failures.join('; ')}`);
  return validator;
}

/** What the validator says of one exchange; polls of operations are in no document and are not asked about. */
export async function complaints(
  validator: LiveValidator,
  { request, response }: RecordedCall,
): Promise<Complaint[]> {
  const url = new URL(request.url);
  const path = parsePath(url.pathname);
  if (path === undefined || /operation(s|status|statuses|results)\//i.test(url.pathname)) return [];
  const version =
    versions[path.type.split('/').slice(0, 2).join('/')] ?? versions[path.type.split('/')[0] ?? ''] ?? '';
  url.searchParams.set('api-version', version);
  const call = `${request.method} ${path.type.split('/').slice(1).join('/')} ${response.status}`;
  const result = await validator.validateLiveRequestResponse({
    liveRequest: {
      method: request.method,
      url: `https://management.azure.com${url.pathname}${url.search}`,
      headers: request.headers,
      query: Object.fromEntries(url.searchParams),
      ...(request.body === '' ? {} : { body: jsonOrText(request.body) as StringMap }),
    },
    liveResponse: {
      statusCode: String(response.status),
      headers: response.headers,
      ...(response.body === '' ? {} : { body: jsonOrText(response.body) as StringMap }),
    },
  });
  const { requestValidationResult, responseValidationResult } = result;
  return [
    ...told(call, 'request', requestValidationResult),
    ...told(call, 'response', responseValidationResult),
    ...(result.runtimeException
      ? [
          {
            call,
            side: 'request' as const,
            code: 'Exception',
            message: JSON.stringify(result.runtimeException),
          },
        ]
      : []),
  ];
}

function told(
  call: string,
  side: Complaint['side'],
  result: {
    errors: { code: string; message: string; pathsInPayload?: string[] }[];
    runtimeException?: unknown;
  },
): Complaint[] {
  const found = result.errors.map(({ code, message, pathsInPayload = [] }) => ({
    call,
    side,
    code,
    message: `${message} ${pathsInPayload.join(' ')}`,
  }));
  const broken =
    result.runtimeException === undefined
      ? []
      : [{ call, side, code: 'Exception', message: JSON.stringify(result.runtimeException) }];
  return [...found, ...broken];
}
