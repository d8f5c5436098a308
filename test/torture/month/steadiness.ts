import { readdirSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** That a process which lives long does not grow: heap and open files, looked at on days 5, 15 and 30. */

const looks = [5, 15, 30];
/** A leak of a kilobyte a server and day would be a hundred times this. */
const mostGrowthADay = 100_000;

export class Steadiness {
  #first: { day: number; heap: number; files: number } | undefined;
  /** For whoever wants to see the figures. */
  readonly seen: { day: number; heap: number; files: number }[] = [];

  check(day: number): string[] {
    if (!looks.includes(day)) return [];
    const now = { day, heap: heapAfterCollection(), files: openFiles() };
    this.seen.push(now);
    if (this.#first === undefined || this.#first.day >= day) {
      this.#first = now;
      return [];
    }
    const grown = (now.heap - this.#first.heap) / (day - this.#first.day);
    const lines: string[] = [];
    if (grown > mostGrowthADay)
      lines.push(`the heap grows by ${Math.round(grown / 1000)} kB a day: ${describe(this.seen)}`);
    if (now.files > this.#first.files + 2) lines.push(`open files grow: ${describe(this.seen)}`);
    return lines;
  }
}

function heapAfterCollection(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}

/** Linux alone tells; elsewhere none are counted. */
function openFiles(): number {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return 0;
  }
}

function describe(seen: Steadiness['seen']): string {
  return seen
    .map(({ day, heap, files }) => `day ${day}: ${Math.round(heap / 1000)} kB, ${files} files`)
    .join('; ');
}
