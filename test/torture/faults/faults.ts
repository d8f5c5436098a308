import { RestError } from '@azure/core-rest-pipeline';
import { connectionReset } from '../../world/azure/http-client.ts';
import { ArmFailure, json, proxyPage, type ArmRequest, type ArmResponse } from '../../world/azure/http.ts';
import { parseResourceId } from '../../../src/azure/ids.ts';
import type { ScopeLab } from '../../world/scope-lab.ts';
import type { LifeRecord } from './record.ts';

/** What may become of a call of Azure; its answer, or its rejection, and whether it had its effect. */
export interface Fault {
  readonly name: string;
  /** Whether this call can meet it. */
  readonly meets: (request: ArmRequest) => boolean;
  readonly answer: (call: Call) => ArmResponse | Promise<ArmResponse>;
  /** What people must be able to read while it lasts: in a reason or in a message. */
  readonly told: RegExp;
  /** Whether the call had its effect all the same. */
  readonly lands?: true;
  /** What was accepted comes to nothing: it has to be made again. */
  readonly undone?: true;
}

export interface Call {
  readonly lab: ScopeLab;
  readonly record: LifeRecord;
  readonly request: ArmRequest;
  readonly send: () => ArmResponse;
}

const always = (): boolean => true;
const isWrite = ({ method }: ArmRequest): boolean => method !== 'GET';
const isRead = ({ method }: ArmRequest): boolean => method === 'GET';
const isOf = (request: ArmRequest): string => decodeURIComponent(request.url.pathname);

/** A refusal of Azure's with its code. */
function refusal(
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
): (call: Call) => ArmResponse {
  return () => new ArmFailure(status, code, message, {}, headers).response();
}

const throttled = (name: string, headers: (lab: ScopeLab) => Record<string, string>): Fault => ({
  name,
  meets: always,
  answer: ({ lab }) =>
    json(
      429,
      { error: { code: 'SubscriptionRequestsThrottled', message: 'Number of requests exceeded the limit.' } },
      headers(lab),
    ),
  told: /throttl|takes no more calls/i,
});

/** For so long Azure may not know yet what it has just made (that it may be so is known of several services, how long is assumed). */
const lagMs = 60_000;

/** How long a call waits for an answer at the most: rule 6. */
const longestMs = 60_000;

const noAnswer = ({ lab }: Call): Promise<ArmResponse> =>
  new Promise((_, reject) => {
    const give = (): void => reject(new RestError('The operation was aborted.', { code: 'ABORT_ERR' }));
    lab.clock.after(longestMs, give);
  });

const broken = /not answer|unavailable|broke|reset|failed|HTML|no answer|could not/i;

/** Calls that Azure only begins to answer: all writes of networks and private DNS, and what deletes below Azure Arc. */
const isLong = ({ method, url }: ArmRequest): boolean =>
  (method === 'PUT' || method === 'DELETE') &&
  (/\/providers\/Microsoft\.Network\/[^/]+\/[^/]+(\/\w+\/[^/]+)?$/i.test(url.pathname) ||
    method === 'DELETE');

/** The operation that the call begins; `id` keeps it from any other. */
function begun({ request }: Call): { type: string; id: string; method: 'PUT' | 'DELETE' } {
  const id = isOf(request);
  return { type: parseResourceId(id)?.type ?? '', id, method: request.method as 'PUT' | 'DELETE' };
}

const ending = (state: 'Failed' | 'Canceled', code: string): Fault => ({
  name: `operation-${state.toLowerCase()}`,
  meets: isLong,
  undone: true,
  answer(call) {
    call.lab.world.operations.failNext({ ...begun(call), state, code, message: 'It came to nothing.' });
    return call.send();
  },
  told: new RegExp(`${code}|came to nothing|failed`, 'i'),
});

const silent = (fate: 'lost' | 'expired'): Fault => ({
  name: `operation-${fate}`,
  meets: isLong,
  lands: true,
  answer(call) {
    call.lab.world.operations.silenceNext({ ...begun(call), fate });
    return call.send();
  },
  told: /./,
});

export const faults: readonly Fault[] = [
  throttled('429-now', () => ({ 'retry-after': '0' })),
  throttled('429-303', () => ({ 'retry-after': '303' })),
  throttled('429-date', ({ clock }) => ({ 'retry-after': new Date(clock.now() + 40_000).toUTCString() })),
  throttled('429-silent', () => ({})),
  {
    name: '500',
    meets: always,
    answer: refusal(500, 'InternalServerError', 'An error occurred.'),
    told: /InternalServerError/,
  },
  { name: '502-page', meets: always, answer: () => proxyPage(502), told: /502|broke|page|answer/i },
  {
    name: '503',
    meets: always,
    answer: refusal(503, 'ServerTimeout', 'The request timed out.', { 'retry-after': '5' }),
    told: /ServerTimeout/,
  },
  { name: 'login-page', meets: always, answer: () => proxyPage(200), told: /page|answer|JSON/i },
  {
    name: 'reset-before',
    meets: always,
    answer: ({ request }) => Promise.reject(connectionReset(request)),
    told: broken,
  },
  {
    name: 'reset-after',
    meets: always,
    lands: true,
    answer: ({ request, send }) => {
      send();
      return Promise.reject(connectionReset(request));
    },
    told: broken,
  },
  { name: 'no-answer', meets: always, answer: noAnswer, told: broken },
  {
    name: 'busy',
    meets: isWrite,
    answer: refusal(409, 'AnotherOperationInProgress', 'Another operation on this resource is in progress.'),
    told: /AnotherOperationInProgress|another operation/i,
  },
  ending('Failed', 'InternalServerError'),
  ending('Canceled', 'OperationCanceled'),
  silent('lost'),
  silent('expired'),
  {
    name: 'lock',
    meets: isWrite,
    answer: refusal(409, 'ScopeLocked', 'The scope cannot perform the write because it is locked.'),
    told: /ScopeLocked|lock/i,
  },
  {
    name: 'policy',
    meets: isWrite,
    answer: refusal(403, 'RequestDisallowedByPolicy', 'Resource was disallowed by policy.'),
    told: /RequestDisallowedByPolicy|policy/i,
  },
  {
    name: '403',
    meets: always,
    answer: (call) =>
      refusal(
        403,
        'AuthorizationFailed',
        `The client 'x' with object id 'x' does not have authorization to perform action 'y' over scope '${isOf(call.request)}'.`,
      )(call),
    told: /AuthorizationFailed|authoriz|right|NotVisible|role/i,
  },
  {
    name: 'not-there-yet',
    meets: (request) => isRead(request) && /\/providers\/.+\/[^/]+$/.test(isOf(request)),
    answer: (call) => {
      const response = call.send();
      if (response.status !== 200 || call.record.sinceMade(isOf(call.request)) > lagMs) return response;
      return refusal(404, 'ResourceNotFound', `The Resource '${isOf(call.request)}' was not found.`)(call);
    },
    told: /./,
  },
];

export function faultOf(name: string): Fault {
  const found = faults.find((fault) => fault.name === name);
  if (found === undefined) throw new Error(`there is no fault ${name}`);
  return found;
}
