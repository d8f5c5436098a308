import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAzure, type BenchAzure } from '../azure.ts';
import type { Prepared } from './contestants.ts';
import { estate, servers, standing } from './estate.ts';
import { figuresOf, secondsOf } from './figures.ts';
import type { Figures } from './row.ts';
import { watch, type Watched, type WatchOptions } from './watched.ts';

/** The three phases of a tool that runs and ends: all of it, once more, and killed halfway and started again. */
export async function runTool(tool: Prepared, limitSeconds: number): Promise<Figures> {
  const whole = await onEstate(tool, async (azure, start) => {
    const first = await start({ limitSeconds });
    const calls = await azure.ask({ about: 'calls', sinceMs: 0 });
    const found = standing(await azure.ask({ about: 'servers' }));
    const sinceMs = Date.now();
    const second = await start({ limitSeconds });
    return { first, calls, found, second, settled: await azure.ask({ about: 'calls', sinceMs }) };
  });
  const resumed = await onEstate(tool, async (azure, start) => {
    const half = async (): Promise<boolean> =>
      standing(await azure.ask({ about: 'servers' })).associated >= servers / 2;
    await start({ limitSeconds, killWhen: half });
    const last = await start({ limitSeconds });
    const { writes } = await azure.ask({ about: 'calls', sinceMs: 0 });
    return { last, writes, found: standing(await azure.ask({ about: 'servers' })) };
  });
  const { first, second, calls, settled, found } = whole;
  const cutShort = complaints({ 'the first run': first, 'the second': second, 'the resumed': resumed.last });
  return {
    ...figuresOf(calls, found.associated),
    seconds: secondsOf(calls),
    peakMiB: first.peakMiB,
    cpuSeconds: first.cpuSeconds,
    settledRequests: settled.gets + settled.writes,
    settledWrites: settled.writes,
    settledCpuSeconds: second.cpuSeconds,
    resumed: resumed.found.associated,
    resumedWrites: resumed.writes,
    strangers: found.moved ? 'moved silently' : first.code === 0 ? 'left' : 'not reached',
    ...(cutShort === '' ? {} : { cutShort }),
  };
}

type Start = (options: Pick<WatchOptions, 'limitSeconds' | 'killWhen'>) => Promise<Watched>;

/** An Azure of its own and a folder of its own. */
async function onEstate<T>(
  tool: Prepared,
  task: (azure: BenchAzure, start: Start) => Promise<T>,
): Promise<T> {
  const azure = await startAzure({
    seed: estate.seed,
    timeFactor: estate.factor,
    regime: estate.regime,
  });
  const folder = mkdtempSync(join(tmpdir(), 'bench-peer-'));
  try {
    await tool.before(azure, folder);
    const environment = tool.environment(azure, folder);
    return await task(azure, (options) => watch({ command: tool.command, environment, folder, ...options }));
  } finally {
    await azure.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function complaints(runs: Record<string, Watched>): string {
  return Object.entries(runs)
    .filter(([, { code, late }]) => late || code !== 0)
    .map(([name, { code, late, complaint }]) =>
      late
        ? `${name} was stopped when its time was over`
        : `${name} ended with ${code}: ${oneLine(complaint)}`,
    )
    .join('; ');
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').slice(-200);
}
