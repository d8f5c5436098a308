import { beforeAll, describe, expect, it } from '@jest/globals';
import { parsePath } from './azure/ids.ts';
import { grants } from './azure/rules.ts';
import type { Exchange } from './azure/world.ts';
import { Laboratory, namespace } from './laboratory.ts';
import { foreignScope, manualApproval, quickstart, securityRules } from './lives.ts';
import { scopeObject } from './objects.ts';
import { smallSeed } from './small-seed.ts';
import { azureActions, granted, parts, type Part } from '../../scripts/manifests/azure-actions.ts';
import { placeholder, roleFiles } from '../../scripts/manifests/azure-role.ts';
import { scopes } from '../../src/api/resources.ts';

/** The right that a request needs, as Azure derives it from method and path; in lower case. */
function actionOf({ method, path }: Pick<Exchange, 'method' | 'path'>): string {
  const { type = '' } = parsePath(path) ?? {};
  const verb = { GET: 'read', PUT: 'write', PATCH: 'write', DELETE: 'delete', POST: 'action' }[method];
  return `${type}/${verb ?? method}`.toLowerCase();
}

const allParts = Object.keys(parts) as Part[];

const byText = (one: string, other: string): number => (one < other ? -1 : 1);

const lower = (texts: readonly string[]): Set<string> => new Set(texts.map((text) => text.toLowerCase()));

const lives = [
  ['the quickstart', quickstart],
  ['a manual approval', manualApproval],
  ['a scope of others', foreignScope],
  ['security rules', securityRules],
] as const;

describe('the table of actions', () => {
  const labs: Laboratory[] = [];
  // Without a role: what is missing is then named, instead of a life that does not come to its end.
  beforeAll(async () => {
    for (const [, live] of lives) labs.push(await live(() => {}));
  }, 60_000);

  const exchanges = (): Exchange[] => labs.flatMap(({ world }) => world.exchanges);
  const seen = (): Set<string> => new Set(exchanges().map(actionOf));
  const demanded = (): Set<string> => new Set(labs.flatMap(({ world }) => [...world.rules.demanded]));

  it('has every action that the exchanges use, and that Azure demands on what they refer to', () => {
    const listed = lower(azureActions.map(({ action }) => action));
    expect([...seen(), ...demanded()].filter((action) => !listed.has(action))).toEqual([]);
  });

  it('has no action that is not used', () => {
    const [called, linked] = [seen(), demanded()];
    const unused = azureActions.filter(
      ({ action, demandedBy }) => !(demandedBy === undefined ? called : linked).has(action.toLowerCase()),
    );
    expect(unused.map(({ action }) => action)).toEqual([]);
  });

  it('has in the parts for subscriptions every action that is used on a whole subscription', () => {
    const onSubscription = exchanges().filter(({ path }) => parsePath(path)?.group === undefined);
    const wide = lower(
      azureActions
        .filter(({ part }) => part === 'machines' || part === 'lookups')
        .map(({ action }) => action),
    );
    const used = new Set(onSubscription.map(actionOf));
    expect(used.size).toBeGreaterThan(0);
    expect([...used].filter((action) => !wide.has(action))).toEqual([]);
  });

  it('covers with each wildcard what it stands for', () => {
    const wrong = azureActions.filter(
      ({ action, grantedAs }) => grantedAs !== undefined && !grants(grantedAs, action),
    );
    expect(wrong).toEqual([]);
  });
});

describe('an identity with the custom role', () => {
  const refusedIn = async (live: (typeof lives)[number][1], parts: readonly Part[]): Promise<string[]> => {
    const lab = await live(({ world }) => world.rules.permitOnly(granted(parts)));
    const refused = lab.world.exchanges.filter(({ status }) => status === 401 || status === 403);
    return [...new Set(refused.map(actionOf))];
  };

  it.each(lives)(
    'is refused nothing in the whole life of %s',
    async (_, live) => {
      expect(await refusedIn(live, allParts)).toEqual([]);
    },
    60_000,
  );

  it.each(lives)(
    'lives through %s without the look-ups, and is refused nothing else',
    async (_, live) => {
      const refused = await refusedIn(
        live,
        allParts.filter((part) => part !== 'lookups'),
      );
      const lookups = lower(
        azureActions.filter(({ part }) => part === 'lookups').map(({ action }) => action),
      );
      expect(refused.filter((action) => !lookups.has(action))).toEqual([]);
    },
    60_000,
  );
});

describe('the files of deploy/azure', () => {
  const files = roleFiles();
  const actionsIn = (path: string): string[] =>
    [...(files.get(path) ?? '').matchAll(/['"](Microsoft\.[^'"@]+)['"]/g)].map(([, action = '']) => action);

  it.each(['custom-role.json', 'custom-role.bicep', 'custom-role.management-group.bicep'])(
    '%s has all of them and no other',
    (name) => {
      expect([...new Set(actionsIn(`deploy/azure/${name}`))].sort(byText)).toEqual(granted());
    },
  );

  it.each(allParts)('roles/%s.json has those of its part', (part) => {
    expect(actionsIn(`deploy/azure/roles/${part}.json`)).toEqual(granted([part]));
  });

  it('are in the form that az takes', () => {
    const role = JSON.parse(files.get('deploy/azure/custom-role.json') ?? '') as Record<string, unknown>;
    expect(role).toMatchObject({ IsCustom: true, NotActions: [], AssignableScopes: [placeholder] });
  });
});

describe('a right that Azure demands on what a request refers to', () => {
  it.each(azureActions.filter(({ demandedBy, part }) => demandedBy !== undefined && part !== 'machines'))(
    'is named when it is missing, and the scope goes on when it is granted: $action',
    async ({ action }) => {
      const lab = new Laboratory(smallSeed);
      lab.world.rules.forbid(action);
      await lab.createSecret();
      await lab.kubernetes.create(scopes, scopeObject());
      lab.start();
      await lab.until(
        async () => (await lab.condition(lab.scope('net'))) === 'False LinkedAuthorizationFailed',
      );
      const object = await lab.kubernetes.get(scopes, { namespace, name: 'net' });
      expect(object?.status?.conditions?.[0]?.message).toContain(action);
      lab.world.rules.permit(action);
      await lab.until(async () => (await lab.condition(lab.scope('net'))) === 'True Ready');
      await lab.stop();
    },
  );
});
