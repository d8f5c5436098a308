import { parseArgs } from 'node:util';
import { campaigns } from '../test/torture/campaigns/index.ts';
import { runCampaign, violationsOf, type Failure } from '../test/torture/runner.ts';

/**
 * `make torture`: every campaign for a while, with a seed that is printed. `--campaign NAME` (more than once) runs these
 * alone, `--only ID` one attempt of the campaign, `--seed N`, `--minutes N` for each campaign (10), `--attempts N`.
 */
const { values } = parseArgs({
  options: {
    campaign: { type: 'string', multiple: true },
    only: { type: 'string' },
    seed: { type: 'string' },
    minutes: { type: 'string', default: '10' },
    attempts: { type: 'string', default: String(Number.MAX_SAFE_INTEGER) },
  },
});

const chosen = campaigns.filter(({ name }) => values.campaign?.includes(name) ?? true);
if (chosen.length === 0 || chosen.length < (values.campaign?.length ?? 0)) {
  console.error(`There is no such campaign; there are: ${campaigns.map(({ name }) => name).join(', ')}.`);
  process.exit(2);
}

if (values.only !== undefined) process.exit((await one(values.only)) ? 0 : 1);
process.exit((await all()) ? 0 : 1);

async function one(id: string): Promise<boolean> {
  const [campaign, other] = chosen;
  if (campaign === undefined || other !== undefined) throw new Error('--only needs one --campaign');
  const violations = await violationsOf(await campaign.attempt(id));
  console.log(
    violations.length === 0 ? `${campaign.name} ${id}: nothing is violated.` : violations.join('\n'),
  );
  return violations.length === 0;
}

async function all(): Promise<boolean> {
  const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
  console.log(`Seed ${seed}.`);
  let well = true;
  for (const campaign of chosen) {
    const box = { lastsMs: Number(values.minutes) * 60_000, attempts: Number(values.attempts), failures: 3 };
    const { attempts, ms, failures } = await runCampaign(campaign, seed, box);
    const found = failures.length === 0 ? 'nothing' : String(failures.length);
    console.log(`${campaign.name}: ${attempts} attempts in ${Math.round(ms / 1000)} s, ${found} found.`);
    for (const line of campaign.told?.() ?? []) console.log(`  ${line}`);
    for (const failure of failures) tell(campaign.name, failure);
    well &&= failures.length === 0;
  }
  return well;
}

function tell(name: string, { met, shortest, violations }: Failure): void {
  console.log(`  ${met}${shortest === met ? '' : `, in short ${shortest}`}:`);
  for (const line of violations.slice(0, 10)) console.log(`    ${line.slice(0, 1000)}`);
  console.log(`    again: make torture ARGS='--campaign ${name} --only ${shortest}'`);
}
