import type { Metrics } from '../base/metrics.ts';

/** What a controller tells of its reconciles; the names are controller-runtime's. */
export interface ControllerMeters {
  result(result: 'success' | 'requeue_after' | 'error'): void;
  seconds(value: number): void;
  /** One more at work (1) or one less (-1). */
  active(change: number): void;
}

export function createControllerMeters(
  metrics: Metrics,
  controller: string,
  workers: number,
): ControllerMeters {
  const total = metrics.counter('controller_runtime_reconcile_total', 'Reconciles by result.', [
    'controller',
    'result',
  ]);
  const errors = metrics.counter('controller_runtime_reconcile_errors_total', 'Failed reconciles.', [
    'controller',
  ]);
  const time = metrics.histogram('controller_runtime_reconcile_time_seconds', 'Duration of reconciles.', [
    'controller',
  ]);
  const activeWorkers = metrics.gauge('controller_runtime_active_workers', 'Workers in use.', ['controller']);
  const most = metrics.gauge('controller_runtime_max_concurrent_reconciles', 'Workers.', ['controller']);
  let active = 0;
  most.set({ controller }, workers);
  errors.inc({ controller }, 0);
  for (const result of ['success', 'requeue_after', 'error']) total.inc({ controller, result }, 0);
  return {
    result(result) {
      total.inc({ controller, result });
      if (result === 'error') errors.inc({ controller });
    },
    seconds: (value) => time.observe({ controller }, value),
    active(change) {
      active += change;
      activeWorkers.set({ controller }, active);
    },
  };
}
