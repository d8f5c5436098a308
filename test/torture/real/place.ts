import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { operatorName, slices } from '../../../src/api/resources.ts';
import type { KubeObject, Resource } from '../../../src/runtime/object.ts';
import type { ArmRequest, ArmResponse } from '../../world/azure/http.ts';
import type { Call, Fault } from '../../world/kubernetes/proxy-faults.ts';
import { startProxy, type Proxy } from '../../world/kubernetes/proxy.ts';
import { operatorNamespace, tokenKubeconfig } from '../../world/kubernetes/service-account.ts';
import { startOperator, type OperatorProcess } from '../../world/operator.ts';
import { smallSeed } from '../../world/small-seed.ts';
import { startStage, type Stage } from '../../world/stage.ts';
import { azureCall, kubernetesCall } from './call-names.ts';
import { Ledger } from './ledger.ts';
import { objectsOf } from './objects.ts';

/**
 * At which call a process is ended, counted from 1: killed before the call has its effect or after it, or asked to end
 * (SIGTERM) while that call is answered like any other.
 */
export interface Kill {
  at: number;
  when: 'before' | 'after' | 'asked';
}

/** Seconds for what takes minutes in life. */
const flags = [
  '--propagation-window=1s',
  '--machine-poll-interval=1s',
  '--resync-interval=1s',
  '--leader-elect=false',
];

const namespaces: Resource = {
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  namespaced: false,
};
const secrets: Resource<KubeObject & { stringData: Record<string, string> }> = {
  group: '',
  version: 'v1',
  kind: 'Secret',
  plural: 'secrets',
  namespaced: true,
};

/**
 * A real API server behind the proxy, the simulated Azure over HTTPS, and the bundle as a process between the two, whose
 * calls of both sides are counted together.
 */
export class Place {
  readonly stage: Stage;
  readonly proxy: Proxy;
  readonly ledger: Ledger;
  /** Asked for calls of the API server that kill nobody. */
  fault: (call: Call) => Fault | undefined = () => undefined;
  /** Asked for calls of Azure that kill nobody. */
  onAzure: (request: ArmRequest) => 'reset' | 'reset after' | undefined = () => undefined;
  readonly #kubeconfig: string;
  #spaces = 0;
  #calls = 0;
  #strike: (call: string) => 'reset' | 'reset after' | undefined = () => undefined;
  readonly #operators = new Set<OperatorProcess>();

  static async open(): Promise<Place> {
    let place: Place | undefined;
    const intercept = (request: ArmRequest): ArmResponse | 'reset' | undefined => place?.azure(request);
    const stage = await startStage({ seed: smallSeed, timeFactor: 1000, intercept });
    const proxy = await startProxy(stage.cluster.kubeconfig);
    const token = await tokenKubeconfig(stage.cluster, operatorNamespace, operatorName);
    place = new Place(stage, proxy, proxy.kubeconfig(token));
    return place;
  }

  private constructor(stage: Stage, proxy: Proxy, kubeconfig: string) {
    this.stage = stage;
    this.proxy = proxy;
    this.ledger = new Ledger(stage.world);
    this.#kubeconfig = join(mkdtempSync(join(tmpdir(), 'proxy-')), 'kubeconfig');
    writeFileSync(this.#kubeconfig, kubeconfig, { mode: 0o600 });
    proxy.fault = (call) => this.#kubernetes(call);
  }

  /** A namespace of its own, with the credentials. */
  async space(): Promise<string> {
    const { client } = this.stage;
    const name = `torture-${(this.#spaces += 1)}`;
    await client.create(namespaces, { metadata: { name } });
    const [application] = smallSeed.applications;
    await client.create(secrets, {
      metadata: { name: 'arc-private-link-credentials', namespace: name },
      stringData: {
        AZURE_TENANT_ID: smallSeed.tenantId,
        AZURE_CLIENT_ID: application?.clientId ?? '',
        AZURE_CLIENT_SECRET: application?.clientSecret ?? '',
      },
    });
    return name;
  }

  async start(
    more: readonly string[] = [],
    born: (pid: number) => void = () => {},
  ): Promise<OperatorProcess> {
    const operator = await startOperator({
      kubeconfig: this.#kubeconfig,
      azure: this.stage.azure,
      flags: [...flags, ...more],
      environment: { POD_NAMESPACE: operatorNamespace },
      born,
    });
    this.#operators.add(operator);
    return operator;
  }

  /** Starts a process that ends at that call: gives which it was, if it came so far before `over` held, and what is wrong. */
  async startAndKill(
    { at, when }: Kill,
    over: () => Promise<boolean>,
  ): Promise<{ struck: string | undefined; problems: string[] }> {
    const state: { pid: number; struck: string | undefined } = { pid: 0, struck: undefined };
    this.#calls = 0;
    this.#strike = (call) => {
      if ((this.#calls += 1) !== at) return undefined;
      state.struck = call;
      process.kill(state.pid, when === 'asked' ? 'SIGTERM' : 'SIGKILL');
      return when === 'asked' ? undefined : when === 'before' ? 'reset' : 'reset after';
    };
    const problems: string[] = [];
    try {
      const operator = await this.start([], (born) => (state.pid = born));
      while (state.struck === undefined && !(await over())) await pause(20);
      const code =
        state.struck !== undefined && when === 'asked'
          ? await operator.exited
          : await operator.stop('SIGKILL');
      if (code !== null && code !== 0) problems.push(`asked to end at its call ${at}, it ended with ${code}`);
    } catch (error) {
      // It may end before it is ready.
      if (state.struck === undefined) throw error;
    } finally {
      this.#strike = () => undefined;
    }
    return { struck: state.struck, problems };
  }

  /** Does something after so many milliseconds of a fault. */
  later(milliseconds: number, task: () => void): void {
    void pause(milliseconds).then(task);
  }

  azure(request: ArmRequest): ArmResponse | 'reset' {
    const verdict = this.#strike(azureCall(request)) ?? this.onAzure(request);
    if (verdict === 'reset') return 'reset';
    const response = this.ledger.enter(request, () => this.stage.world.handle(request));
    return verdict === undefined ? response : 'reset';
  }

  #kubernetes(call: Call): Fault | undefined {
    // Watches and the lease go on beside the work, at times of their own.
    const isWork = !call.isWatch && call.resource !== 'leases';
    const verdict = isWork ? this.#strike(kubernetesCall(call)) : undefined;
    if (verdict !== undefined) return { kind: verdict === 'reset' ? 'reset before' : 'reset after' };
    return this.fault(call);
  }

  /** Writes of either side so far. */
  writes(): string[] {
    return [
      ...this.stage.world.writes().map(({ method, path, status }) => `${method} ${path} ${status}`),
      ...this.proxy.calls
        .filter(({ method, resource }) => method !== 'GET' && resource !== 'leases')
        .map(({ method, url }) => `${method} ${url.pathname}`),
    ];
  }

  async objects(namespace: string): Promise<unknown> {
    return await objectsOf(this.stage.client, namespace);
  }

  async entries(namespace: string): Promise<Record<string, string>> {
    const { items } = await this.stage.client.list(slices, { namespace });
    return Object.fromEntries(
      items.flatMap(({ metadata, machines }) =>
        machines.map(({ id, phase }) => [
          `${metadata.ownerReferences?.[0]?.name} ${id.toLowerCase()}`,
          phase,
        ]),
      ),
    );
  }

  async close(): Promise<void> {
    await Promise.all([...this.#operators].map((operator) => operator.stop('SIGKILL')));
    await this.stage.stop();
    await this.proxy.close();
  }
}
