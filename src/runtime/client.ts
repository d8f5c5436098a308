import type { Key, KubeObject, Resource } from './object.ts';
import { OperatorError } from '../base/errors.ts';

/**
 * The operator's own narrow view of the Kubernetes API. `kube-client.ts` implements it on the real one and
 * test/world/kubernetes/fake.ts in memory; one contract suite runs on both, so that the fake cannot lie.
 *
 * Every call but a watch ends within half a minute, and at once when its signal aborts (it then rejects with the
 * signal's reason; a write that had been sent may have been done all the same).
 */
export interface Client {
  /** The object, or undefined when the server answers 404. */
  get<T extends KubeObject>(resource: Resource<T>, key: Key, options?: CallOptions): Promise<T | undefined>;
  /** One page; ask again with its `continueToken` for the next. */
  list<T extends KubeObject>(resource: Resource<T>, options?: ListOptions): Promise<Page<T>>;
  /**
   * Events after `resourceVersion`, until the server or the signal ends the watch (the iteration then just ends).
   * Throws a `KubernetesError` with status 410 when that version is too old to resume from.
   */
  watch<T extends KubeObject>(resource: Resource<T>, options: WatchOptions): AsyncIterable<WatchEvent<T>>;
  create<T extends KubeObject>(resource: Resource<T>, object: T, options?: CallOptions): Promise<T>;
  /** PUT of the whole object; its `metadata.resourceVersion`, where set, must still be the current one (else 409). */
  replace<T extends KubeObject>(resource: Resource<T>, object: T, options?: CallOptions): Promise<T>;
  /**
   * JSON merge patch (RFC 7396). With `metadata.resourceVersion` in the patch, the server answers 409 when the
   * object has changed since.
   */
  patch<T extends KubeObject>(
    resource: Resource<T>,
    key: Key,
    patch: Record<string, unknown>,
    options?: PatchOptions,
  ): Promise<T>;
  /** Deletes in the background; an object that is gone already is no error. */
  delete<T extends KubeObject>(resource: Resource<T>, key: Key, options?: DeleteOptions): Promise<void>;
  /** POST to a subresource, e.g. `token` of a ServiceAccount (TokenRequest). */
  createSubresource<A extends KubeObject, T extends KubeObject>(
    resource: Resource<T>,
    key: Key,
    subresource: string,
    body: A,
    options?: CallOptions,
  ): Promise<A>;
}

export interface CallOptions {
  signal?: AbortSignal;
}

export interface ListOptions extends CallOptions {
  /** All namespaces when absent. */
  namespace?: string;
  labelSelector?: string;
  limit?: number;
  continueToken?: string;
  /** `0` lets the server answer from its cache; absent asks for the newest state. */
  resourceVersion?: string;
}

export interface Page<T> {
  items: T[];
  resourceVersion: string;
  continueToken?: string;
}

export interface WatchOptions extends CallOptions {
  namespace?: string;
  labelSelector?: string;
  resourceVersion: string;
  /** Asks the server to end the watch after so long. */
  timeoutSeconds?: number;
}

export type WatchEvent<T> =
  { type: 'ADDED' | 'MODIFIED' | 'DELETED'; object: T } | { type: 'BOOKMARK'; resourceVersion: string };

export interface PatchOptions extends CallOptions {
  subresource?: 'status';
}

export interface DeleteOptions extends CallOptions {
  /** Preconditions: the server answers 409 where the object is another or has changed. */
  uid?: string;
  resourceVersion?: string;
}

/** An answer of the API server that is not a success. `status` is the HTTP code. */
export class KubernetesError extends Error {
  override readonly name = 'KubernetesError';
  readonly status: number;
  /** metav1.Status reason, e.g. `Conflict`, `AlreadyExists`, `Expired`; empty when the body had none. */
  readonly reason: string;
  readonly retryAfterMs: number | undefined;

  constructor(
    status: number,
    reason: string,
    message: string,
    options: { retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.status = status;
    this.reason = reason;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** No answer came: whether the call took effect is not known. */
export class NoKubernetesAnswer extends OperatorError {
  constructor(cause: unknown) {
    const text = cause instanceof Error ? cause.message : String(cause);
    super('transient', 'KubernetesUnavailable', `the Kubernetes API did not answer: ${text}`, { cause });
  }
}

export function hasStatus(error: unknown, status: number): boolean {
  return error instanceof KubernetesError && error.status === status;
}

/** How long whoever refused asked to be left alone, in milliseconds; undefined when it did not say. */
export function askedWaitMs(error: unknown): number | undefined {
  if (error instanceof KubernetesError || error instanceof OperatorError) return error.retryAfterMs;
  return undefined;
}
