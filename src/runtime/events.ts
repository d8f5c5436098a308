import { cut } from './conditions.ts';
import { hasStatus, type Client } from './client.ts';
import { withDeadline } from './deadline.ts';
import type { KubeObject, Resource } from './object.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';

/** Events: what a person should notice, in `kubectl describe` and `kubectl events`. */
export interface Recorder {
  /** Returns at once and never throws; a repeat within ten minutes is counted on the first one. */
  event(object: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): void;
  /** Resolves when everything recorded so far has been sent or given up, after two seconds at the latest. */
  flush(): Promise<void>;
}

/** `events.k8s.io/v1`. */
export interface KubeEvent extends KubeObject {
  eventTime: string;
  reportingController: string;
  reportingInstance: string;
  action: string;
  reason: string;
  note: string;
  type: string;
  regarding: { apiVersion: string; kind: string; namespace: string; name: string; uid: string };
  series?: { count: number; lastObservedTime: string };
}

export const eventResource: Resource<KubeEvent> = {
  group: 'events.k8s.io',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  namespaced: true,
};

export interface RecorderOptions {
  client: Client;
  clock: Clock;
  log: Logger;
  /** The controller's name, and this process's own. */
  controller: string;
  instance: string;
}

interface Known {
  name: string;
  count: number;
  /** By the monotonic clock. */
  lastMs: number;
}

const seriesMs = 600_000;
const longestNote = 1024;
/** More than so many waiting are dropped: events must never hold up or outgrow the work they tell of. */
const mostWaiting = 500;
/** A process that is asked to end does so whether its last events can be sent or not. */
const longestFlushMs = 2_000;

export function createRecorder(options: RecorderOptions): Recorder {
  const known = new Map<string, Known>();
  let sending: Promise<void> = Promise.resolve();
  let waiting = 0;

  const send = async (key: string, event: KubeEvent): Promise<void> => {
    const namespace = event.metadata.namespace ?? '';
    const earlier = known.get(key);
    const nowMs = options.clock.monotonic();
    if (earlier !== undefined && nowMs - earlier.lastMs < seriesMs) {
      earlier.count += 1;
      earlier.lastMs = nowMs;
      const series = { count: earlier.count, lastObservedTime: event.eventTime };
      await options.client.patch(eventResource, { namespace, name: earlier.name }, { series });
      return;
    }
    known.set(key, { name: event.metadata.name, count: 1, lastMs: nowMs });
    await options.client.create(eventResource, event);
  };

  return {
    event(object, type, reason, message) {
      if (waiting >= mostWaiting) return;
      waiting += 1;
      const event = eventOf(object, type, reason, message, options);
      const key = [event.regarding.uid, reason, message].join('\0');
      sending = sending
        .then(() => send(key, event))
        .catch((error: unknown) => {
          known.delete(key);
          // A namespace that is going takes no new events.
          if (!hasStatus(error, 403) && !hasStatus(error, 404))
            options.log.warn({ err: error }, 'event not recorded');
        })
        .finally(() => {
          waiting -= 1;
          forgetOld(known, options.clock.monotonic());
        });
    },
    flush: () =>
      withDeadline(options.clock, longestFlushMs, undefined, () => sending).catch(() => {
        options.log.warn({ events: waiting }, 'the last events were not sent in time');
      }),
  };
}

function eventOf(
  object: KubeObject,
  type: string,
  reason: string,
  message: string,
  options: RecorderOptions,
): KubeEvent {
  const { name, namespace = '', uid = '' } = object.metadata;
  const now = options.clock.now();
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name: `${name}.${eventSuffix(now, options.clock.monotonic())}`, namespace },
    eventTime: microTime(now),
    reportingController: options.controller,
    reportingInstance: options.instance,
    action: 'Reconcile',
    reason,
    note: cut(message, longestNote),
    type,
    regarding: { apiVersion: object.apiVersion ?? '', kind: object.kind ?? '', namespace, name, uid },
  };
}

/** Unique within the process and unlikely to meet another's, as client-go names events by the time. */
let serial = 0;
function eventSuffix(nowMs: number, monotonicMs: number): string {
  serial += 1;
  return `${nowMs.toString(16)}${Math.floor(monotonicMs * 1000).toString(16)}${serial.toString(16)}`;
}

/** `metav1.MicroTime` has six digits; the API server refuses three. */
export function microTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', '000Z');
}

function forgetOld(known: Map<string, Known>, nowMs: number): void {
  for (const [key, { lastMs }] of known) if (nowMs - lastMs >= seriesMs) known.delete(key);
}
