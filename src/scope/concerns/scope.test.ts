import { describe, expect, it } from '@jest/globals';
import {
  absent,
  decided,
  forbidden,
  nothingSeen,
  overridden,
  refusing,
  scopeValue,
  settledSeen,
  there,
  throttled,
  unknown,
} from '../../../test/world/scope-seen.ts';
import { scopeId } from '../../../test/world/small-seed.ts';
import type { Scope } from '../../azure/types.ts';
import type { Seen } from '../seen.ts';
import { driftOfScope } from './drift.ts';
import { publicAccess } from './public-access.ts';
import { scopeConcern } from './scope.ts';

type Spec = Record<string, unknown>;
const changed = (spec: Spec, change: Partial<Scope>): Seen => {
  const seen = settledSeen(spec);
  return {
    ...seen,
    scope: seen.scope.is === 'there' ? there({ ...seen.scope.value, ...change }) : seen.scope,
  };
};
const tagged = (spec: Spec, owner?: string): Seen =>
  changed(spec, { tags: owner === undefined ? {} : { 'arc-private-link-operator': owner } });
const wasReady = (seen: Seen): Seen => {
  const condition = {
    type: 'ScopeReady',
    status: 'True',
    reason: 'Ready',
    message: '',
    lastTransitionTime: '',
  } as const;
  return { ...seen, object: { ...seen.object, status: { conditions: [condition] } } };
};
const taking = (seen: Seen, takesOverFrom: string): Seen => ({
  ...seen,
  desired: { ...seen.desired, owner: { ...seen.desired.owner, takesOverFrom } },
});

describe('the scope itself', () => {
  it.each<[string, Seen, string, string[]]>([
    ['is made when it is not there', nothingSeen(), 'working Provisioning', ['PUT net']],
    ['is as it shall be', settledSeen(), 'ready', []],
    ['may be in the region by another spelling', changed({ location: 'West Europe' }, {}), 'ready', []],
    [
      'is in another region, which only another object can mend',
      changed({}, { location: 'northeurope' }),
      'failed RegionMismatch',
      [],
    ],
    ["is nobody's, and is left alone", tagged({}), 'failed AlreadyExists', []],
    [
      "is nobody's, and is adopted when that is meant",
      tagged({ adoptionPolicy: 'IfUnowned' }),
      'working Provisioning',
      ['PATCH net tags'],
    ],
    [
      "is another owner's, whatever the adoption policy says",
      tagged({ adoptionPolicy: 'IfUnowned' }, 'b/lab/net'),
      'failed ManagementConflict',
      [],
    ],
    [
      "is another owner's, who is to be taken over from",
      taking(tagged({}, 'b/lab/net'), 'b/lab/net'),
      'working Provisioning',
      ['PATCH net tags'],
    ],
    [
      'is of another namespace of this cluster, and is never taken over',
      taking(tagged({}, 'cluster/b/net'), 'cluster/b/net'),
      'failed ManagementConflict',
      [],
    ],
    [
      'is on its way out, and is made when it has gone',
      changed({}, { provisioningState: 'Deleting' }),
      'working Provisioning',
      ['PUT net after the deletion of the old one'],
    ],
    [
      'failed, and is repeated',
      changed({}, { provisioningState: 'Failed' }),
      'working Provisioning',
      ['PUT net'],
    ],
    [
      'may not be read, from the very first look',
      { ...nothingSeen(), scope: unknown(forbidden) },
      'failed AuthorizationFailed',
      [],
    ],
    [
      'may no longer be read after it was well',
      wasReady({ ...nothingSeen(), scope: unknown(forbidden) }),
      'unread AuthorizationFailed',
      [],
    ],
    ['could not be read for now', { ...nothingSeen(), scope: unknown(throttled) }, 'unread Throttled', []],
    [
      'could not be read anew',
      { ...settledSeen(), scope: there(scopeOf(settledSeen()), { trouble: throttled }) },
      'ready',
      [],
    ],
    [
      'is being changed',
      { ...settledSeen(), scope: there(scopeOf(settledSeen()), { busy: true }) },
      'working Provisioning',
      [],
    ],
    ['waits as long as no endpoint can be made', withoutSubnets(nothingSeen()), 'working Provisioning', []],
    ['is another object’s of this cluster', rivalled(nothingSeen()), 'working Provisioning', []],
  ])('%s', (_, seen, verdict, planned) => {
    expect(decided(scopeConcern, seen)).toEqual({ verdict, planned });
  });
});

describe('public access', () => {
  const access = (wanted: string | undefined, is: string): Seen =>
    changed(wanted === undefined ? {} : { publicNetworkAccess: wanted }, { publicNetworkAccess: is });
  const waiting = (seen: Seen): Seen => ({
    ...seen,
    associations: { ...seen.associations, propagating: 3, propagatedInMs: 60_000 },
  });
  it.each<[string, Seen, string, string[]]>([
    ['is as the spec says', access('Disabled', 'Disabled'), 'ready', []],
    ['is put right', access('Enabled', 'Disabled'), 'working Provisioning', ['PUT net']],
    ['is not managed where the spec does not name it', access(undefined, 'Enabled'), 'ready', []],
    ["is Azure's own and never written over", access('Disabled', 'SecuredByPerimeter'), 'ready', []],
    [
      'is turned off when no server propagates',
      access('Disabled', 'Enabled'),
      'working Provisioning',
      ['PUT net'],
    ],
    [
      'waits for servers that propagate before it is turned off',
      waiting(access('Disabled', 'Enabled')),
      'working WaitingForPropagation',
      ['PUT net after servers that are still propagating'],
    ],
    [
      'is turned on whoever propagates',
      waiting(access('Enabled', 'Disabled')),
      'working Provisioning',
      ['PUT net'],
    ],
    [
      'is overridden by a policy, which is told and no failure',
      refusing(access('Enabled', 'Disabled'), overridden),
      'ready OverriddenByPolicy',
      ['PUT net'],
    ],
    [
      'may not be changed, which is a failure',
      refusing(access('Enabled', 'Disabled'), forbidden),
      'failed AuthorizationFailed',
      ['PUT net'],
    ],
    ["is not looked at on somebody else's scope", tagged({ publicNetworkAccess: 'Enabled' }), 'ready', []],
  ])('%s', (_, seen, verdict, planned) => {
    expect(decided(publicAccess, seen)).toEqual({ verdict, planned });
  });

  it('comes back when the first wait ends', () => {
    const { verdict } = publicAccess.decide(waiting(access('Disabled', 'Enabled')));
    expect(verdict).toMatchObject({ lookAgainMs: 61_000 });
  });

  it('is written after tags have been read anew, lest the old ones be sent back', () => {
    const seen = changed(
      { tags: { team: 'a' }, publicNetworkAccess: 'Enabled' },
      { publicNetworkAccess: 'Disabled' },
    );
    const lost = {
      ...seen,
      scope: there({ ...scopeOf(seen), tags: { 'arc-private-link-operator': 'cluster/lab/net' } }),
    };
    expect(decided(driftOfScope, lost).planned).toEqual(['PATCH net tags']);
    expect(decided(publicAccess, lost).planned).toEqual(['PUT net after its tags']);
  });
});

function scopeOf(seen: Seen): Scope {
  return seen.scope.is === 'there' ? seen.scope.value : scopeValue(seen.desired, {});
}

function withoutSubnets(seen: Seen): Seen {
  return { ...seen, networks: new Map([...seen.networks.keys()].map((key) => [key, absent])) };
}

function rivalled(seen: Seen): Seen {
  const status = { privateLinkScopeId: 'guid', inventory: [{ id: scopeId, origin: 'Created' as const }] };
  const rival = { ...seen.object, metadata: { name: 'rival', namespace: 'lab', uid: 'x' }, status };
  return { ...seen, preflight: { ...seen.preflight, others: [rival] } };
}
