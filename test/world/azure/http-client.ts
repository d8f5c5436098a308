import {
  createHttpHeaders,
  RestError,
  type HttpClient,
  type PipelineRequest,
  type PipelineResponse,
} from '@azure/core-rest-pipeline';
import type { Entra } from './entra.ts';
import type { ArmRequest, ArmResponse } from './http.ts';
import type { AzureWorld } from './world.ts';

/** A call in flight, for faults: what it is, and how to let it through. */
export type Intercept = (request: ArmRequest, send: () => ArmResponse) => ArmResponse | Promise<ArmResponse>;

/** The world without sockets, as the transport of the SDKs: for tests in virtual time. */
export function worldHttpClient(world: AzureWorld, intercept: Intercept = (_, send) => send()): HttpClient {
  return {
    async sendRequest(request): Promise<PipelineResponse> {
      const arm = armRequest(request);
      return pipelineResponse(request, await intercept(arm, () => world.handle(arm)));
    },
  };
}

/** Entra ID without sockets, as the transport of @azure/identity. */
export function entraHttpClient(entra: Entra): HttpClient {
  return {
    async sendRequest(request): Promise<PipelineResponse> {
      const { url, body } = armRequest(request);
      const answer = entra.handle(url.origin, url.pathname, body);
      if (answer === 'reset') throw connectionReset(armRequest(request));
      if (answer === 'silent') return await aborted(request);
      return await Promise.resolve(pipelineResponse(request, answer));
    },
  };
}

/** What the SDK sees when no answer comes until it gives up. */
export async function aborted(request: PipelineRequest): Promise<never> {
  return await new Promise<never>((_, reject) => {
    const end = (): void => reject(new RestError('The operation was aborted.', { code: 'ABORT_ERR' }));
    request.abortSignal?.addEventListener('abort', end);
  });
}

function pipelineResponse(request: PipelineRequest, answer: ArmResponse): PipelineResponse {
  const headers = createHttpHeaders(answer.headers);
  return { request, status: answer.status, headers, bodyAsText: answer.body };
}

/** What the SDK sees when a connection breaks. */
export function connectionReset(request: ArmRequest): RestError {
  return new RestError(`socket hang up: ${request.method}`, { code: 'ECONNRESET' });
}

function armRequest(request: PipelineRequest): ArmRequest {
  return {
    method: request.method,
    url: new URL(request.url),
    headers: request.headers.toJSON(),
    body: typeof request.body === 'string' ? request.body : '',
  };
}
