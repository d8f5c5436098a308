import { otherScopeId, scopeId, subscription } from '../../world/small-seed.ts';
import type { Spec } from './admission.ts';
import type { Meanings } from './arbitrary.ts';
import { elsewhere, nowhere } from './estate.ts';

/** Associations that work on the estate, from which mutations set out, and what means something in them. */

const site = { tagSelector: { matchTags: { site: 'plant' } } };

export const associationBases: Readonly<Record<string, Spec>> = {
  tagged: { scopeRef: { name: 'net' }, machines: site },
  named: { scopeRef: { name: 'net' }, machines: { names: ['web-1', 'WEB-2', 'office'] } },
  spread: {
    scopeRef: { name: 'net' },
    machines: {
      subscriptionIds: [subscription, elsewhere],
      tagSelector: {
        matchExpressions: [
          { key: 'SITE', operator: 'In', values: ['plant', 'Plant'] },
          { key: 'retired', operator: 'DoesNotExist' },
        ],
      },
    },
  },
  all: { scopeRef: { name: 'net' }, machines: { selectionMode: 'All' } },
  foreign: { scopeResourceId: otherScopeId, machines: { names: ['web-1', 'taken'] } },
};

const names = ['web-1', 'web-2', 'WEB-3', 'office', 'taken', 'abroad', 'missing', 'third-1', 'remote-1'];
const expressions = [
  { key: 'site', operator: 'Exists' },
  { key: 'Site', operator: 'In', values: ['plant'] },
  { key: 'site', operator: 'In', values: ['PLANT'] },
  { key: 'site', operator: 'NotIn', values: ['office'] },
  { key: 'role', operator: 'DoesNotExist' },
  { key: 'ROLE', operator: 'Exists' },
  { key: 'env', operator: 'In', values: [''] },
  { key: 'site', operator: 'In' },
  { key: 'site', operator: 'Exists', values: ['plant'] },
];

export const associationMeanings: Meanings = {
  scopeRef: [{ name: 'net' }, { name: 'missing' }],
  'scopeRef.name': ['net', 'NET', 'missing', 'not a name', '../apls'],
  scopeResourceId: [
    otherScopeId,
    otherScopeId.toUpperCase(),
    scopeId,
    otherScopeId.replace('/other', '/missing'),
    otherScopeId.replace('/other', '/..'),
    otherScopeId.replace('/other', '/a?b'),
    otherScopeId.replace(subscription, nowhere),
  ],
  machines: [
    { selectionMode: 'All' },
    { names: ['web-1'] },
    { tagSelector: { matchTags: { site: 'office' } } },
    { resourceGroups: ['RG-third'] },
    site,
  ],
  'machines.subscriptionIds': [
    [],
    subscription,
    [subscription.toUpperCase()],
    [elsewhere],
    [subscription, elsewhere],
    [subscription, subscription],
    nowhere,
    [nowhere],
  ],
  'machines.subscriptionIds[]': [subscription, subscription.toUpperCase(), elsewhere, nowhere],
  'machines.names': [...names, [], names, ['web-1', 'web-1'], ['web-1', 'WEB-1'], names.slice(0, 3)],
  'machines.names[]': [...names, '..', 'a/b', 'a?b'],
  'machines.resourceGroups': ['rg', [], ['RG'], ['rg-third'], ['rg', 'rg-third'], ['nowhere']],
  'machines.resourceGroups[]': ['rg', 'RG', 'rg-third', 'nowhere'],
  'machines.tagSelector': [
    {},
    { matchTags: { SITE: 'plant' } },
    { matchTags: { site: 'plant' }, matchExpressions: [expressions[3]] },
    { matchExpressions: expressions.slice(0, 1) },
  ],
  'machines.tagSelector.matchTags': [{}, { site: 'office' }, { Site: 'plant', SITE: 'office' }, { env: '' }],
  'machines.tagSelector.matchTags{}': ['plant', 'Plant', 'office', ''],
  'machines.tagSelector.matchExpressions': [...expressions, []],
  'machines.tagSelector.matchExpressions[]': expressions,
  'machines.tagSelector.matchExpressions[].key': ['site', 'SITE', 'role', 'missing'],
  'machines.tagSelector.matchExpressions[].operator': ['In', 'NotIn', 'Exists', 'DoesNotExist'],
  'machines.tagSelector.matchExpressions[].values': ['plant', [], ['plant', 'Plant'], ['']],
  'machines.tagSelector.matchExpressions[].values[]': ['plant', 'office', ''],
  'machines.selectionMode': ['All', 'Matching'],
  conflictPolicy: ['Refuse', 'Move'],
  deletionPolicy: ['Disassociate', 'Retain'],
  adoptionPolicy: ['Never', 'IfUnowned'],
  managementPolicy: ['Manage', 'Observe'],
  suspend: [true, false],
  credentialsSecretRef: [{ name: 'missing' }, { name: 'another' }],
  'credentialsSecretRef.name': ['missing', 'another', 'arc-private-link-credentials'],
};
