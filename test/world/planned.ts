import type { Laboratory } from './laboratory.ts';
import { namespace } from './objects.ts';
import { associations, scopes } from '../../src/api/resources.ts';
import type { PlannedAction } from '../../src/api/types.ts';

/**
 * What Observe plans, held against what Manage then does on the same Azure: call for call, by verb and ARM id.
 */
export interface Compared {
  /** `PUT /subscriptions/…`, in lower case, in the order of the plan. */
  planned: string[];
  /** The calls that changed Azure, in the order they were made, and then the writes of exports. */
  made: string[];
  /** Calls that were made before anything that the plan says they wait for. */
  tooEarly: string[];
}

const quietMs = 20 * 60_000;

/** Observes until nothing changes, then manages until nothing changes; `meanwhile` does what only a person can. */
export async function compare(
  lab: Laboratory,
  meanwhile: (lab: Laboratory) => void | Promise<void> = () => {},
): Promise<Compared> {
  const before = lab.world.writes().length;
  lab.start(undefined, ['--management-policy=Observe']);
  await lab.clock.advance(quietMs);
  const plans = await plannedOf(lab);
  await lab.stop();
  if (lab.world.writes().length > before) throw new Error('Observe has written to Azure');
  const mark = lab.world.exchanges.length;
  const exportsMark = exportsMade(lab).length;
  lab.start();
  await lab.clock.advance(quietMs);
  await meanwhile(lab);
  for (let writes = -1; writes !== lab.world.writes().length;) {
    writes = lab.world.writes().length;
    await lab.clock.advance(2 * quietMs);
  }
  await lab.stop();
  const made = lab.world.exchanges
    .slice(mark)
    .filter(({ method, status }) => method !== 'GET' && status < 400)
    .map(({ method, path }) => `${method} ${path.toLowerCase()}`);
  const all = [...made, ...exportsMade(lab).slice(exportsMark)];
  return { planned: plans.map(text), made: all, tooEarly: tooEarly(plans, made) };
}

/** Writes of ConfigMaps, as the plan calls them. */
function exportsMade(lab: Laboratory): string[] {
  return lab.kubernetes.writes('ConfigMap').map(({ verb, name }) => {
    const method = verb === 'delete' ? 'DELETE' : 'PUT';
    return `${method} /api/v1/namespaces/${namespace}/configmaps/${name}`;
  });
}

async function plannedOf(lab: Laboratory): Promise<PlannedAction[]> {
  const all = [
    ...(await lab.kubernetes.list(scopes, { namespace })).items,
    ...(await lab.kubernetes.list(associations, { namespace })).items,
  ];
  for (const { metadata, status } of all) {
    if ((status?.plannedActionsTotal ?? 0) > 100)
      throw new Error(`${metadata.name} plans more than is listed`);
  }
  return all.flatMap(({ status }) => status?.plannedActions ?? []);
}

function text({ verb, id }: PlannedAction): string {
  return `${verb} ${id.toLowerCase()}`;
}

/** What waits for something comes after at least one call that waits for nothing, where there is one. */
function tooEarly(plans: readonly PlannedAction[], made: readonly string[]): string[] {
  const waiting = new Set(plans.filter(({ waitsFor }) => waitsFor !== undefined).map(text));
  const free = new Set(plans.filter(({ waitsFor }) => waitsFor === undefined).map(text));
  if (free.size === 0) return [];
  const first = made.findIndex((call) => free.has(call));
  return made.slice(0, first).filter((call) => waiting.has(call));
}

/** Both sides sorted, for a comparison whose difference reads well. */
export function sorted({ planned, made }: Compared): { planned: string[]; made: string[] } {
  return { planned: [...planned].sort(), made: [...made].sort() };
}
