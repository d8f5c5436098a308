import { appendFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

/**
 * Loaded into the operator before its own code (`--import`): writes each second's longest turn of the event loop to the
 * file that BENCH_TURNS_FILE names, a line of `<Unix milliseconds> <milliseconds>` each.
 */
const file = process.env['BENCH_TURNS_FILE'];
const resolution = 20;

if (file !== undefined) {
  const delays = monitorEventLoopDelay({ resolution });
  delays.enable();
  const timer = setInterval(() => {
    // What is recorded is the time between two looks, the pause between them included.
    const longestMs = Math.max(0, delays.max / 1e6 - resolution);
    delays.reset();
    appendFileSync(file, `${Date.now()} ${longestMs.toFixed(1)}\n`);
  }, 1_000);
  timer.unref();
}
