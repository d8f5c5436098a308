import { setTimeout as pause } from 'node:timers/promises';

/** Waits for a condition of the real world, asked again every 100 ms; throws with what was waited for and what `tell` adds. */
export async function until(
  what: string,
  condition: () => Promise<boolean> | boolean,
  limitMs = 60_000,
  tell: () => Promise<string> | string = () => '',
): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`waited in vain until ${what}\n${await tell()}`);
    await pause(100);
  }
}
