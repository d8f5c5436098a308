import { setTimeout as pause } from 'node:timers/promises';
import { prepare, type Ground } from '../ground.ts';
import { cpuSeconds, peakRssMiB } from '../process-figures.ts';
import { namespace } from '../worlds.ts';
import { estate, servers, standing } from './estate.ts';
import { figuresOf, secondsOf } from './figures.ts';
import type { Figures } from './row.ts';
import { associations } from '../../../src/api/resources.ts';
import { until } from '../../../test/world/until.ts';

/** This operator in the same three phases. Its second run is a restart: what it asks and uses until it is quiet again. */
export async function runOperatorOnEstate(limitSeconds: number): Promise<Figures> {
  const whole = await onGround(async (ground) => {
    const { operator } = await ground.startOperator();
    await done(ground, limitSeconds);
    const calls = await ground.azure.ask({ about: 'calls', sinceMs: 0 });
    const [peakMiB, cpu] = [peakRssMiB(operator.pid), cpuSeconds(operator.pid)];
    await operator.stop();
    const sinceMs = Date.now();
    const again = await ground.startOperator();
    await quiet(ground, sinceMs);
    const settled = await ground.azure.ask({ about: 'calls', sinceMs });
    const found = standing(await ground.azure.ask({ about: 'servers' }));
    return { calls, peakMiB, cpu, settled, settledCpu: cpuSeconds(again.operator.pid), found };
  });
  const resumed = await onGround(async (ground) => {
    const { operator } = await ground.startOperator();
    await until(
      'half of the servers were associated',
      async () => standing(await ground.azure.ask({ about: 'servers' })).associated >= servers / 2,
      limitSeconds * 1000,
    );
    await operator.stop('SIGKILL');
    await ground.startOperator();
    await done(ground, limitSeconds);
    const { writes } = await ground.azure.ask({ about: 'calls', sinceMs: 0 });
    return { writes, found: standing(await ground.azure.ask({ about: 'servers' })) };
  });
  return {
    ...figuresOf(whole.calls, whole.found.associated),
    seconds: secondsOf(whole.calls),
    peakMiB: whole.peakMiB,
    cpuSeconds: tenths(whole.cpu),
    settledRequests: whole.settled.gets + whole.settled.writes,
    settledWrites: whole.settled.writes,
    settledCpuSeconds: tenths(whole.settledCpu),
    resumed: resumed.found.associated,
    resumedWrites: resumed.writes,
    strangers: whole.found.moved ? 'moved silently' : 'left and told',
  };
}

async function onGround<T>(task: (ground: Ground) => Promise<T>): Promise<T> {
  const ground = await prepare(estate);
  try {
    return await task(ground);
  } finally {
    await ground.stop();
  }
}

/** Every server but the stranger has waited to its end, and the stranger is told. */
async function done({ client }: Ground, limitSeconds: number): Promise<void> {
  let status = '';
  const all = async (): Promise<boolean> => {
    const object = await client.get(associations, { namespace, name: 'all' });
    status = JSON.stringify(object?.status);
    return object?.status?.propagated === servers && object.status.refused === 1;
  };
  await until('all servers were associated', all, limitSeconds * 1000, () => status);
}

/** It has listed the servers, and has asked nothing for five seconds. */
async function quiet({ azure }: Ground, sinceMs: number): Promise<void> {
  await until('it has listed the servers', async () => {
    const { gets } = await azure.ask({ about: 'calls', sinceMs });
    return gets >= servers / 100;
  });
  await until('it is quiet', async () => {
    const before = Date.now();
    await pause(5_000);
    const { gets, writes } = await azure.ask({ about: 'calls', sinceMs: before });
    return gets + writes === 0;
  });
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
