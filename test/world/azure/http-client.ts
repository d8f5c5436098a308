import {
  createHttpHeaders,
  RestError,
  type HttpClient,
  type PipelineRequest,
  type PipelineResponse,
} from '@azure/core-rest-pipeline';
import type { ArmRequest, ArmResponse } from './http.ts';
import type { AzureWorld } from './world.ts';

/** A call in flight, for faults: what it is, and how to let it through. */
export type Intercept = (request: ArmRequest, send: () => ArmResponse) => ArmResponse | Promise<ArmResponse>;

/** The world without sockets, as the transport of the SDKs: for tests in virtual time. */
export function worldHttpClient(world: AzureWorld, intercept: Intercept = (_, send) => send()): HttpClient {
  return {
    async sendRequest(request): Promise<PipelineResponse> {
      const arm = armRequest(request);
      const answer = await intercept(arm, () => world.handle(arm));
      return {
        request,
        status: answer.status,
        headers: createHttpHeaders(answer.headers),
        bodyAsText: answer.body,
      };
    },
  };
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
