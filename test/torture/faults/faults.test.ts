import { describe, expect, it } from '@jest/globals';
import { struck } from './arm.ts';
import { lifeOf } from './lives.ts';
import { reference } from './oracle.ts';

/** What the campaign has found, kept by the call that it happened at. */
async function meets(name: string, call: RegExp, fault: string, lasts = true): Promise<string[]> {
  const { azureCalls } = await reference(lifeOf(name));
  const at = azureCalls.findIndex((one) => call.test(one));
  expect(at).toBeGreaterThanOrEqual(0);
  return await struck(name, [{ at, fault, lasts }]).run();
}

describe('an operator that cannot look at something for a while', () => {
  it('lets no zone go that a zone group may still name, so that names go on resolving', async () => {
    expect(await meets('zones-move', /^GET .*\/privateEndpoints\/net-hub$/, '429-date')).toEqual([]);
  }, 60_000);

  it('deletes no zone whose links it may not see, and says that it may not', async () => {
    const links = /^GET .*rg-dns.*guestconfiguration.*\/virtualNetworkLinks$/;
    expect(await meets('zones-move', links, '403')).toEqual([]);
  }, 60_000);

  it('deletes nothing again before it has seen what became of the first time', async () => {
    const links = /^GET .*guestconfiguration.*\/virtualNetworkLinks$/;
    expect(await meets('delete-scope-first', links, '429-303', false)).toEqual([]);
  }, 60_000);

  it('says that it cannot see how far Azure is with what it has begun', async () => {
    const links = /^GET .*resourceGroups\/rg\/.*dp\.kubernetes.*\/virtualNetworkLinks$/i;
    expect(await meets('zones-move', links, 'reset-before')).toEqual([]);
  }, 60_000);

  it('blames no policy for a change that it has not looked at since', async () => {
    expect(await meets('adopt', /^GET .*\/privatelink\.his\.arc\.azure\.com$/, '429-date')).toEqual([]);
  }, 60_000);
});

describe('an operator that Azure throttles without saying for how long', () => {
  it('asks with growing pauses while it takes a scope down', async () => {
    const link = /^DELETE .*\/virtualNetworkLinks\/spoke/;
    expect(await meets('delete-scope-first', link, '429-now')).toEqual([]);
  }, 60_000);

  it('says why a server has not left yet', async () => {
    expect(await meets('release', /^PATCH .*web-4$/, '429-now')).toEqual([]);
    expect(await meets('delete-servers-first', /^PATCH .*web-3$/, '429-silent')).toEqual([]);
  }, 60_000);
});
