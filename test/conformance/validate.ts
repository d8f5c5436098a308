import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LiveValidator } from 'oav';
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
  'microsoft.resources': '2021-04-01',
};

export function readExchanges(folder: string): RecordedCall[] {
  const lines = readdirSync(folder)
    .filter((file) => file.endsWith('.jsonl'))
    .flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n'))
    .filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as RecordedCall);
}

/** Polls of operations are in no document, and the list of subscriptions is of no provider, so the validator finds none. */
export function isDocumented({ request }: RecordedCall): boolean {
  const { pathname } = new URL(request.url);
  const known = !/operation(s|status|statuses|results)\//i.test(pathname);
  // Gateways are not among the documents.
  return pathname !== '/subscriptions' && known && !/\/virtualNetworkGateways\//i.test(pathname);
}

/** What the validator says of one exchange, whatever api-version was asked for. */
export async function complaints(
  validator: LiveValidator,
  { request, response }: RecordedCall,
): Promise<Complaint[]> {
  const url = new URL(request.url);
  const path = parsePath(url.pathname);
  if (path === undefined) throw new Error(`no path of Resource Manager: ${url.pathname}`);
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
