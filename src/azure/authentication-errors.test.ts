import { describe, expect, it } from '@jest/globals';
import { authenticationError, sameTrouble, type Seen } from './authentication-errors.ts';
import type { Credential } from './credentials.ts';

const ids = {
  tenantId: '11111111-1111-1111-1111-111111111111',
  clientId: '22222222-2222-2222-2222-222222222222',
};
const secret: Credential = { kind: 'clientSecret', ...ids, clientSecret: 's3cr3t' };

const answer = (status: number, description: string, more: object = {}): Seen => ({
  answer: {
    status,
    body: JSON.stringify({ error: 'invalid_client', error_description: description, ...more }),
  },
});
const fault = (code: string): Seen => ({ fault: Object.assign(new Error('s3cr3t'), { code }) });
const told = (seen: Seen, credential = secret, nowMs = 0) =>
  authenticationError(new Error('s3cr3t'), credential, seen, nowMs);

describe("Entra ID's refusals", () => {
  it.each<[string, Seen, string, string]>([
    ['a wrong secret', answer(401, 'AADSTS7000215: s3cr3t'), 'waiting', 'client secret is wrong'],
    ['an old secret', answer(401, 'AADSTS7000222: s3cr3t'), 'waiting', 'has expired'],
    ['an application of another tenant', answer(400, 'AADSTS700016: no'), 'waiting', 'AZURE_TENANT_ID'],
    [
      'a code without a remedy',
      answer(400, 'AADSTS1234567: no'),
      'waiting',
      '(AADSTS1234567): look the code up',
    ],
    ['a fault of its own', answer(503, 'AADSTS90033: busy'), 'transient', 'status 503'],
    ['a host that is not found', fault('ENOTFOUND'), 'transient', '(ENOTFOUND); look at'],
    ['a subject in another case', answer(401, 'AADSTS7002138: no'), 'waiting', 'fits the subject; add one'],
  ])('of %s say what to do, briefly and without the secret', (_, seen, kind, part) => {
    const error = told(seen);
    expect(error.kind).toBe(kind);
    expect(error.message).toContain(part);
    expect(error.message.length).toBeLessThanOrEqual(230);
    expect(`${error.message} ${String(error.cause)}`).not.toContain('s3cr3t');
  });

  it('keep the trace id wherever it stands, but for what could be anything', () => {
    expect(told(answer(401, 'AADSTS7000215: no', { trace_id: 'a1-b2' })).message).toMatch(/ Trace a1-b2\.$/);
    expect(told(answer(401, 'AADSTS7000215: no Trace ID: c3 Correlation ID: d4')).message).toMatch(
      / Trace c3\.$/,
    );
    expect(told(answer(401, 'AADSTS7000215: no', { trace_id: '<b>' })).message).not.toContain('Trace');
  });

  it('are the same trouble whatever their trace id, and another with another code', () => {
    const [one, other] = ['a', 'b'].map((id) => told(answer(401, 'AADSTS7000215: no', { trace_id: id })));
    const third = told(answer(401, 'AADSTS7000222: no', { trace_id: 'a' }));
    expect(one && other && sameTrouble(one, other)).toBe(true);
    expect(one && sameTrouble(one, third)).toBe(false);
  });

  it('are kept to their Retry-After when it is a date as well', () => {
    const seen: Seen = { answer: { status: 503, body: '', retryAfter: 'Thu, 01 Jan 1970 00:10:00 GMT' } };
    expect(told(seen, secret, 60_000).retryAfterMs).toBe(540_000);
  });

  it('never repeat what an assertion says beyond its issuer, subject and audience', () => {
    const payload = { iss: 'https://issuer', sub: 'a b\n', aud: 'x', secret: 's3cr3t' };
    const assertion = `h.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.s`;
    const { message } = told({ ...answer(401, 'AADSTS700213: no'), assertion });
    expect(message).toContain('issuer https://issuer, subject ?, audience x');
    expect(message).not.toContain('s3cr3t');
  });
});
