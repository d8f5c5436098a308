import { describe, expect, it } from '@jest/globals';
import { claimOn, ownTags, type Owner } from './ownership.ts';

const owner = (more: Partial<Owner> = {}): Owner => ({
  tag: 'cluster/lab/net',
  ownerId: 'cluster',
  namespace: 'lab',
  name: 'net',
  adopts: false,
  ...more,
});
const tagged = (value: string, more: Record<string, string> = {}): Record<string, string> => ({
  'arc-private-link-operator': value,
  ...more,
});

describe('a resource', () => {
  it.each<[string, Record<string, string>, Owner, object]>([
    ['with our tag is ours', tagged('cluster/lab/net'), owner(), { is: 'ours', adopted: false }],
    [
      'with our tag in other letters is ours',
      { 'ARC-Private-Link-Operator': 'cluster/lab/net' },
      owner(),
      { is: 'ours', adopted: false },
    ],
    [
      'with the mark was adopted',
      tagged('cluster/lab/net', { 'arc-private-link-adopted': 'true' }),
      owner(),
      { is: 'ours', adopted: true },
    ],
    ['without a tag is left alone', {}, owner(), { is: 'foreign' }],
    ['without a tag may be adopted', {}, owner({ adopts: true }), { is: 'adoptable' }],
    [
      "with another owner's tag is never adopted",
      tagged('b/lab/net'),
      owner({ adopts: true }),
      { is: 'foreign' },
    ],
    [
      "with another owner's tag is taken over by word",
      tagged('b/lab/net'),
      owner({ takesOverFrom: 'b/lab/net' }),
      { is: 'takeable', from: 'b/lab/net', adopted: false },
    ],
    [
      'is taken over only from the owner that was named',
      tagged('b/lab/net'),
      owner({ takesOverFrom: 'b/lab/other' }),
      { is: 'foreign' },
    ],
    [
      'that another owner adopted stays adopted',
      tagged('b/lab/net', { 'arc-private-link-adopted': 'true' }),
      owner({ takesOverFrom: 'b/lab/net' }),
      { is: 'takeable', adopted: true },
    ],
    [
      'of the same namespace under an old name is taken over by word',
      tagged('cluster/lab/old'),
      owner({ takesOverFrom: 'cluster/lab/old' }),
      { is: 'takeable' },
    ],
    [
      'of another namespace of this cluster is never taken over',
      tagged('cluster/other/net'),
      owner({ takesOverFrom: 'cluster/other/net' }),
      { is: 'foreign' },
    ],
  ])('%s', (_, tags, who, expected) => {
    expect(claimOn({ id: '/a', tags }, who, 'The scope net')).toMatchObject(expected);
  });

  it.each<[string, Record<string, string>, RegExp]>([
    [
      "that is nobody's is explained with the word that adopts it",
      {},
      /adoptionPolicy: IfUnowned: kubectl -n lab patch apls\/net .*$/,
    ],
    [
      "that is another owner's with the word that takes it over",
      tagged('b/lab/net'),
      /--owner-id.*take-over-from=b\/lab\/net$/,
    ],
    ['whose tag is no owner’s without a command to paste', tagged('x; rm -rf /'), /--owner-id\.$/],
  ])('%s', (_, tags, expected) => {
    const claim = claimOn({ id: '/a', tags }, owner(), 'The scope net');
    expect(claim.is === 'foreign' ? claim.fault.message : '').toMatch(expected);
    expect(claim.is === 'foreign' ? claim.fault.kind : '').toBe('stalled');
  });

  it('that is adopted says so in Azure, for an object that lost its status', () => {
    expect(ownTags(owner(), true)).toEqual({
      'arc-private-link-operator': 'cluster/lab/net',
      'arc-private-link-adopted': 'true',
    });
    expect(ownTags(owner(), false)).toEqual({ 'arc-private-link-operator': 'cluster/lab/net' });
  });
});
