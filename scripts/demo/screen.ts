/** How the demo shows objects: a live table on a terminal, a line for every change elsewhere. */
export interface Row {
  object: string;
  ready: string;
  reason: string;
  numbers: string;
  message: string;
}

export interface Screen {
  show(rows: readonly Row[]): void;
  /** Leaves the last picture standing. */
  end(): void;
}

export function createScreen(): Screen {
  return process.stdout.isTTY ? liveTable() : plainLines();
}

function plainLines(): Screen {
  const begun = performance.now();
  const shown = new Map<string, string>();
  return {
    show(rows) {
      for (const { object, ready, reason, numbers, message } of rows) {
        const text = `${ready.padEnd(6)}${reason}: ${cut(message, 110)} [${numbers}]`;
        if (shown.get(object) === text) continue;
        shown.set(object, text);
        const seconds = ((performance.now() - begun) / 1000).toFixed(1).padStart(5);
        console.log(`${seconds} s  ${object.padEnd(20)} ${text}`);
      }
    },
    end() {},
  };
}

function liveTable(): Screen {
  let height = 0;
  return {
    show(rows) {
      const lines = table(rows);
      const up = height === 0 ? '' : `\u001b[${height}A\u001b[J`;
      process.stdout.write(`${up}${lines.join('\n')}\n`);
      height = lines.length;
    },
    end() {
      height = 0;
    },
  };
}

export function table(rows: readonly Row[]): string[] {
  const width = process.stdout.columns ?? 120;
  return rows.flatMap(({ object, ready, reason, numbers, message }) => [
    cut(`${object.padEnd(20)} Ready=${ready.padEnd(6)}${reason}`, width),
    cut(`${' '.repeat(21)}${numbers}`, width),
    cut(`${' '.repeat(21)}${message}`, width),
  ]);
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
