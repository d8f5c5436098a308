import { ArmFailure, empty, json, type ArmResponse, type Json } from './http.ts';
import type { Call } from './provider.ts';
import type { Clock } from '../../../src/base/clock.ts';

/**
 * Long-running operations. Recorded: Microsoft.Network polls always answer 200 and, since 2024, only to the signed
 * address as given; private DNS polls answer 202 while running and repeat their headers; HybridCompute is as Network
 * with `operationstatus`. A failed operation is a 200 with status Failed.
 */
export type Family = 'network' | 'hybrid' | 'dns';

export interface Begun {
  family: Family;
  /** Where its status is kept: a region, or the resource group for private DNS. */
  where: string;
  /** Azure's own time for it, in milliseconds before the time factor. */
  lastsMs: number;
  /** In seconds; absent where Azure sends none. */
  retryAfter?: number;
  /** Also answer `Location`, as deletions do. */
  location?: boolean;
  /** What is true from then on; a failure makes the operation fail. */
  done(): ArmFailure | undefined;
  /** What is true when a test makes the operation fail; nothing changes by default. */
  failed?(): void;
}

/** An operation that is to fail after it was accepted; which codes real ones fail with is mostly assumed. */
export interface FailureToCome {
  /** As Azure spells it. */
  type: string;
  /** Any when absent. */
  method?: 'PUT' | 'DELETE';
  /** Only at this id. */
  id?: string;
  code: string;
  message: string;
  details?: { code: string; message: string }[];
  /** `Failed` by default. */
  state?: 'Failed' | 'Canceled';
  /** How many operations; one by default. */
  times?: number;
}

/**
 * An operation whose end nobody hears of. `lost` and `expired`: it does its work, and its address answers 404 or 410 from
 * the start; `endless`: it stays InProgress and does nothing. That Azure ever does so is assumed.
 */
export interface SilenceToCome extends Pick<FailureToCome, 'type' | 'method' | 'id' | 'times'> {
  fate: 'lost' | 'expired' | 'endless';
}

type ToCome = (FailureToCome | SilenceToCome) & { times: number };

interface Operation extends Begun {
  id: string;
  subscription: string;
  signature: string;
  state: 'InProgress' | 'Succeeded' | 'Failed' | 'Canceled';
  failure?: ArmFailure;
  fate?: SilenceToCome['fate'];
  polls: number;
}

export class SimulatedOperations {
  readonly #all = new Map<string, Operation>();
  readonly #toCome: ToCome[] = [];
  readonly #clock: Clock;
  readonly #timeFactor: number;
  readonly #newId: () => string;
  /** `https://host:port`; set when the server knows its address. */
  origin = 'https://management.azure.com';

  constructor(clock: Clock, timeFactor: number, newId: () => string) {
    this.#clock = clock;
    this.#timeFactor = timeFactor;
    this.#newId = newId;
  }

  /** The next operation of that kind is accepted, and fails when its time is over. */
  failNext(failure: FailureToCome): void {
    this.#toCome.push({ ...failure, times: failure.times ?? 1 });
  }

  /** The next operation of that kind is accepted, and nobody hears how it ends. */
  silenceNext(silence: SilenceToCome): void {
    this.#toCome.push({ ...silence, times: silence.times ?? 1 });
  }

  /** Begins one for a call and gives the headers of the answer that accepts it. */
  begin(call: Call, begun: Begun): Record<string, string> {
    const id = this.#newId();
    const toCome = this.#comingTo(call);
    const operation: Operation = {
      ...begun,
      id,
      subscription: call.path.subscription,
      signature: this.#newId().repeat(80),
      state: 'InProgress',
      polls: 0,
    };
    const fate = toCome !== undefined && 'fate' in toCome ? toCome.fate : undefined;
    if (fate !== undefined) operation.fate = fate;
    this.#all.set(id, operation);
    if (fate !== 'endless')
      this.#clock.after(begun.lastsMs / this.#timeFactor, () => this.#end(operation, toCome));
    return this.#headers(operation);
  }

  #end(operation: Operation, toFail: ToCome | undefined): void {
    if (toFail === undefined || 'fate' in toFail) {
      const failure = operation.done();
      operation.state = failure === undefined ? 'Succeeded' : 'Failed';
      if (failure !== undefined) operation.failure = failure;
      return;
    }
    operation.failed?.();
    operation.state = toFail.state ?? 'Failed';
    const more: Json = toFail.details === undefined ? {} : { details: toFail.details };
    operation.failure = new ArmFailure(200, toFail.code, toFail.message, more);
  }

  #comingTo({ type, method, id }: Call): ToCome | undefined {
    const found = this.#toCome.find(
      (one) =>
        one.type.toLowerCase() === type.toLowerCase() &&
        (one.method === undefined || one.method === method) &&
        (one.id === undefined || one.id.toLowerCase() === id.toLowerCase()),
    );
    if (found === undefined) return undefined;
    found.times -= 1;
    if (found.times <= 0) this.#toCome.splice(this.#toCome.indexOf(found), 1);
    return found;
  }

  /** Answers a poll; undefined when the path is none of an operation. */
  poll(path: string, query: URLSearchParams): ArmResponse | undefined {
    const match =
      /\/(operations|operationStatus|operationstatus|operationResults|operationresults|privateDnsOperation(?:Statuses|Results))\/([^/]+)$/.exec(
        path,
      );
    if (match === null) return undefined;
    const [, kind = '', id = ''] = match;
    const operation = this.#all.get(id);
    if (
      operation === undefined ||
      (operation.family === 'network' && query.get('s') !== operation.signature)
    ) {
      return json(404, { error: { code: 'NotFound', message: 'The operation was not found.' } });
    }
    operation.polls += 1;
    if (operation.fate === 'lost' || operation.fate === 'expired') return unheard(operation.fate);
    return /results$/i.test(kind) ? this.#result(operation) : this.#status(operation);
  }

  #status(operation: Operation): ArmResponse {
    if (operation.state === 'InProgress') {
      const status = operation.family === 'dns' ? 202 : 200;
      const headers = this.#headers(operation);
      // Network polls carry Retry-After at most; the others repeat all of them.
      const { 'retry-after': wait } = headers;
      const few: Record<string, string> = wait === undefined ? {} : { 'retry-after': wait };
      return json(status, { status: 'InProgress' }, operation.family === 'network' ? few : headers);
    }
    if (operation.failure !== undefined) {
      const { code, message, more } = operation.failure;
      return json(200, { status: operation.state, error: { code, message, ...more } });
    }
    if (operation.family !== 'hybrid') return json(200, { status: 'Succeeded' });
    return json(200, {
      name: operation.id,
      status: 'Succeeded',
      startTime: new Date(this.#clock.now()).toISOString(),
    });
  }

  #result(operation: Operation): ArmResponse {
    return operation.state === 'InProgress'
      ? empty(202, this.#headers(operation))
      : empty(204, this.#headers(operation));
  }

  #headers(operation: Operation): Record<string, string> {
    const { family, id, where, subscription, signature } = operation;
    const retryAfter: Record<string, string> =
      operation.retryAfter === undefined
        ? {}
        : { 'retry-after': String(Math.max(1, Math.round(operation.retryAfter / this.#timeFactor))) };
    if (family === 'dns') {
      // Answers until 2023 name the port explicitly; whoever compares hosts as text stumbles.
      const origin =
        this.origin.includes('localhost') || /:\d+$/.test(this.origin) ? this.origin : `${this.origin}:443`;
      const base = `${origin}${where}/providers/Microsoft.Network`;
      const version = 'api-version=2020-06-01';
      return {
        'azure-asyncoperation': `${base}/privateDnsOperationStatuses/${id}?${version}`,
        location: `${base}/privateDnsOperationResults/${id}?${version}`,
        ...retryAfter,
      };
    }
    const provider = family === 'hybrid' ? 'Microsoft.HybridCompute' : 'Microsoft.Network';
    const base = `${this.origin}/subscriptions/${subscription}/providers/${provider}/locations/${where}`;
    const query =
      family === 'hybrid'
        ? 'api-version=2022-12-27'
        : `api-version=2023-11-01&t=1&c=certificate&s=${signature}&h=hash`;
    const [status, result] =
      family === 'hybrid' ? ['operationstatus', 'operationresults'] : ['operations', 'operationResults'];
    return {
      'azure-asyncoperation': `${base}/${status}/${id}?${query}`,
      ...(operation.location ? { location: `${base}/${result}/${id}?${query}` } : {}),
      ...retryAfter,
    };
  }
}

function unheard(fate: 'lost' | 'expired'): ArmResponse {
  const message = `The operation is ${fate}.`;
  return fate === 'lost'
    ? json(404, { error: { code: 'NotFound', message } })
    : json(410, { error: { code: 'Gone', message } });
}
