import { request, Agent, type RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import type { KubeObject } from '../../../src/runtime/object.ts';
import type { Spec, Subject } from './admission.ts';

/** Asks a real API server whether it would take a spec, as `kubectl apply --dry-run=server` does. */
export interface Judge {
  /** The spec as it would be stored, or why it is refused. */
  ask(subject: Subject, spec: unknown): Promise<{ stored?: Spec; refusal?: string }>;
  /** Stores an object that later questions are changes of. */
  store(subject: Subject, spec: unknown): Promise<void>;
  stop(): void;
}

export async function judge(config: KubeConfig, namespace: string): Promise<Judge> {
  const options: RequestOptions & { agent?: Agent } = {};
  await config.applyToHTTPSOptions(options);
  const agent = new Agent({ ...options, keepAlive: true, maxSockets: 8 } as ConstructorParameters<
    typeof Agent
  >[0]);
  const server = config.getCurrentCluster()?.server ?? '';
  const stored = new Map<string, KubeObject>();

  const send = (method: string, path: string, body: unknown): Promise<{ status: number; answer: Answer }> =>
    new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json' };
      const call = request(`${server}${path}`, { method, headers, agent }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, answer: JSON.parse(text) as Answer }),
        );
      });
      call.on('error', reject);
      call.end(JSON.stringify(body));
    });

  const pathOf = ({ resource: { group, version, plural } }: Subject): string =>
    `/apis/${group}/${version}/namespaces/${namespace}/${plural}`;
  const objectOf = ({ resource: { group, version, kind }, name }: Subject, spec: unknown): object => ({
    apiVersion: `${group}/${version}`,
    kind,
    metadata: { name, namespace, resourceVersion: stored.get(kind)?.metadata.resourceVersion },
    spec,
  });
  const question = '?dryRun=All&fieldValidation=Strict';

  return {
    async ask(subject, spec) {
      const known = stored.get(subject.resource.kind);
      const path = `${pathOf(subject)}${known === undefined ? '' : `/${subject.name}`}${question}`;
      const { status, answer } = await send(known ? 'PUT' : 'POST', path, objectOf(subject, spec));
      return status < 300 ? { stored: answer.spec ?? {} } : { refusal: answer.message ?? String(status) };
    },
    async store(subject, spec) {
      const { status, answer } = await send('POST', pathOf(subject), objectOf(subject, spec));
      if (status >= 300) throw new Error(answer.message);
      stored.set(subject.resource.kind, answer as unknown as KubeObject);
    },
    stop: () => agent.destroy(),
  };
}

interface Answer {
  message?: string;
  spec?: Spec;
}
