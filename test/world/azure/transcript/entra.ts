import { VirtualClock } from '../../clock.ts';
import { smallSeed } from '../../small-seed.ts';
import { Entra } from '../entra.ts';

/** How tokens are asked for, refused and ended, every answer written down. */
export async function entra(): Promise<string> {
  const clock = new VirtualClock();
  let tokens = 0;
  const service = new Entra(smallSeed, clock, () => `token-${(tokens += 1)}`);
  service.audience = 'https://management.azure.com/.default';
  const lines: string[] = ['# Tokens'];
  const clientId = smallSeed.applications[0]?.clientId ?? '';
  const good = { client_id: clientId, client_secret: 'secret', scope: service.audience };
  const ask = (
    form: Record<string, string>,
    tenant = smallSeed.tenantId,
    path = 'oauth2/v2.0/token',
  ): void => {
    const answer = service.handle(
      'https://login',
      `/${tenant}/${path}`,
      new URLSearchParams(form).toString(),
    );
    lines.push(`> ${path} ${JSON.stringify(form)}`, `< ${JSON.stringify(answer)}`);
  };
  const show = (header?: string): void => {
    lines.push(`> ${header ?? 'no token'}`, `< ${JSON.stringify(service.refusal(header) ?? 'accepted')}`);
  };
  ask({}, smallSeed.tenantId, '.well-known/openid-configuration');
  ask({}, smallSeed.tenantId, 'discovery/v2.0/keys');
  ask(good);
  ask(good, 'other-tenant');
  ask({ ...good, client_id: 'unknown' });
  ask({ ...good, client_secret: 'wrong' });
  ask({ ...good, scope: 'https://graph.microsoft.com/.default' });
  ask({ ...good, client_assertion: 'no token' });
  service.addSecret(clientId, 'second');
  ask({ ...good, client_secret: 'second' });
  service.revokeSecret(clientId, 'secret');
  ask(good);
  for (const header of ['Bearer token-1', 'Bearer token-9', 'token-1', undefined]) show(header);
  await clock.advance(3_599_000);
  show('Bearer token-1');
  await clock.advance(1_000);
  show('Bearer token-1');
  ask({ ...good, client_secret: 'second' });
  service.demand({ nbf: { essential: true, value: '1' } });
  show('Bearer token-3');
  ask({
    ...good,
    client_secret: 'second',
    claims: '{"access_token":{"nbf":{"essential":true,"value":"1"}}}',
  });
  show('Bearer token-4');
  service.revokeAll();
  show('Bearer token-4');
  for (const trouble of ['silent', 'reset', 'unavailable'] as const) {
    service.troubles.set('*', trouble);
    ask(good);
  }
  return lines.join('\n');
}
