import { describe, expect, it } from '@jest/globals';
import {
  bearerTokenAuthenticationPolicyName,
  createHttpHeaders,
  createPipelineRequest,
  type PipelineRequest,
  type PipelineResponse,
} from '@azure/core-rest-pipeline';
import { bearerPolicy } from './bearer.ts';
import { createClients } from './clients.ts';
import { cloudOf } from './clouds.ts';
import { ArmTime } from './arm-time.ts';
import { Operations } from './operations.ts';
import { Throttles } from './throttle.ts';
import { Tokens } from './tokens.ts';
import { OperatorError } from '../base/errors.ts';
import { silentLogger } from '../base/log.ts';
import { noMetrics } from '../base/metrics.ts';
import { VirtualClock } from '../../test/world/clock.ts';

const resourceManager = 'https://management.azure.com';

/** A resource manager that answers in turn, behind the policy; the tokens are numbered, `slowMs` apart. */
class Road {
  readonly clock = new VirtualClock();
  readonly sent: { authorization: string | undefined; timeout: number }[] = [];
  readonly claims: (string | undefined)[] = [];
  readonly answers: [number, string, Record<string, string>?][] = [];
  asked = 0;
  slowMs = 0;
  readonly #policy;

  constructor() {
    const silence = new OperatorError('transient', 'AuthenticationUnavailable', 'Silent.');
    const source = async ({ claims }: { claims?: string }) => {
      this.asked += 1;
      this.claims.push(claims);
      await this.clock.sleep(this.slowMs);
      return { token: `token ${this.asked}`, expiresOnTimestamp: this.clock.now() + 3_600_000 };
    };
    const { clock } = this;
    const tokens = new Tokens({ identity: 't/c', source, silence, clock, log: silentLogger });
    this.#policy = bearerPolicy({ tokens, resourceManager, clock });
  }

  async call(url = `${resourceManager}/subscriptions/a`, timeout = 60_000): Promise<number> {
    const request = createPipelineRequest({ url, timeout });
    const next = async (passed: PipelineRequest): Promise<PipelineResponse> => {
      this.sent.push({ authorization: passed.headers.get('authorization'), timeout: passed.timeout });
      const [status, body, headers = {}] = this.answers.shift() ?? [200, '{}'];
      await this.clock.sleep(1_000);
      return { request: passed, status, headers: createHttpHeaders(headers), bodyAsText: body };
    };
    let ended = false;
    const answer = this.#policy.sendRequest(request, next).finally(() => (ended = true));
    answer.catch(() => {}); // awaited below, when it has ended
    await this.clock.until(() => ended);
    this.left = request.timeout;
    return (await answer).status;
  }
  left = 0;
}

const refusal = (code: string): [number, string] => [401, JSON.stringify({ error: { code, message: '' } })];

describe('a call of Azure', () => {
  it('goes on with another token when its own has ended', async () => {
    const road = new Road();
    await road.call();
    await road.clock.advance(60_000);
    road.answers.push(refusal('ExpiredAuthenticationToken'));
    expect(await road.call()).toBe(200);
    expect(road.sent.map(({ authorization }) => authorization)).toEqual([
      'Bearer token 1',
      'Bearer token 1',
      'Bearer token 2',
    ]);
  });

  it('is sent no third time: it fails with what Azure says', async () => {
    const road = new Road();
    await road.call();
    await road.clock.advance(60_000);
    road.answers.push(refusal('InvalidAuthenticationToken'), refusal('InvalidAuthenticationToken'));
    expect(await road.call()).toBe(401);
    expect(road.sent).toHaveLength(3);
  });

  it('does not ask for another token when the subscription is of another tenant', async () => {
    const road = new Road();
    await road.call();
    await road.clock.advance(60_000);
    road.answers.push(refusal('InvalidAuthenticationTokenTenant'));
    expect(await road.call()).toBe(401);
    expect(road.asked).toBe(1);
  });

  it('asks Entra ID twice a minute at most while Azure refuses every token', async () => {
    const road = new Road();
    for (let count = 0; count < 30; count += 1) {
      road.answers.push(refusal('InvalidAuthenticationToken'), refusal('InvalidAuthenticationToken'));
      await road.call();
      road.answers.length = 0;
      await road.clock.advance(1_000);
    }
    expect(road.asked).toBeLessThanOrEqual(4);
  });

  it('hands on the claims of a challenge at once (continuous access evaluation)', async () => {
    const road = new Road();
    const claims = '{"access_token":{"nbf":{"essential":true,"value":"1"}}}';
    const challenge = `Bearer realm="", error="insufficient_claims", claims="${Buffer.from(claims).toString('base64')}"`;
    road.answers.push([401, '', { 'www-authenticate': challenge }]);
    expect(await road.call()).toBe(200);
    expect(road.claims).toEqual([undefined, claims]);
  });

  it('ends within its minute, the wait for its token and a second try included', async () => {
    const road = new Road();
    road.slowMs = 4_000;
    await road.call();
    expect(road.sent[0]?.timeout).toBeLessThanOrEqual(56_000);
    // What an attempt took is gone for the next one of the same request.
    expect(road.left).toBeLessThanOrEqual(55_000);
  });

  it.each([
    'https://evil.example/subscriptions/a',
    'http://management.azure.com/subscriptions/a',
    'https://management.azure.com:8443/subscriptions/a',
  ])('takes no token to %s', async (url) => {
    const road = new Road();
    await expect(road.call(url)).rejects.toMatchObject({ reason: 'AzureUnavailable' });
    expect([road.sent, road.asked]).toEqual([[], 0]);
  });

  it("is never authorised by the SDKs' own policy, which renews tokens unwatched", () => {
    const clock = new VirtualClock();
    const clients = createClients({
      tokens: {} as Tokens,
      cloud: cloudOf({
        cloud: 'AzureChina',
        authorityHost: undefined,
        resourceManagerEndpoint: undefined,
        resourceManagerAudience: undefined,
      }),
      userAgent: 'test',
      operations: new Operations(clock, clock, resourceManager),
      armTime: new ArmTime(clock),
      throttles: new Throttles(clock),
      clock,
      log: silentLogger,
      metrics: noMetrics,
    });
    for (const client of [clients.hybridCompute('a'), clients.network('a'), clients.privateDns('a')]) {
      const names = client.pipeline.getOrderedPolicies().map(({ name }) => name);
      expect(names).not.toContain(bearerTokenAuthenticationPolicyName);
      // Tokens are asked for once per try, inside what judges the answers.
      expect(names.indexOf('bearer')).toBeGreaterThan(names.indexOf('arm'));
    }
  });
});
