import {
  createPipelineRequest,
  type PipelineRequest,
  type PipelineResponse,
} from '@azure/core-rest-pipeline';
import { describe } from './call.ts';
import { unexpected, unlessAbsent } from './errors.ts';
import { requireSameHost } from './policies.ts';
import type { RawBody } from './types.ts';
import { stalled } from '../base/errors.ts';

/**
 * Requests as they are, through the same pipeline as the SDKs'. For what no SDK has (PATCH of a server, tags), for
 * listings of thousands (an SDK keeps every object whole), and for resources that are changed: an SDK's model drops and
 * renames what it does not know, and what is not sent back is lost.
 */
export interface Raw {
  /** Undefined where the answer proves that it is not there. */
  get(id: string, apiVersion: string): Promise<RawBody | undefined>;
  /** Every item of every page, read page by page; nothing of a page is kept but what `read` makes of it. */
  list<T>(path: string, apiVersion: string, read: (item: RawBody) => T): Promise<T[]>;
  /** Sends a change that Azure may go on with in the background; what it answers counts for nothing yet. */
  send(method: Change, id: string, apiVersion: string, options?: SendOptions): Promise<void>;
  /** Sends a change that is done when it is answered; gives the answer. */
  change(method: Change, id: string, apiVersion: string, body: unknown): Promise<RawBody>;
  /** Any complete address; see `Clients.poll`. */
  fetch(url: string): Promise<PipelineResponse>;
}

type Change = 'PUT' | 'PATCH' | 'DELETE';

export interface SendOptions {
  body?: unknown;
  /** Sent as `If-Match`; nothing is when it is undefined. */
  ifMatch?: string | undefined;
}

/** A listing of more pages is none of Azure's: 10,000 pages of 100 servers are a million. */
const mostPages = 10_000;

export function createRaw(
  resourceManager: string,
  sendRequest: (request: PipelineRequest) => Promise<PipelineResponse>,
): Raw {
  const fetch = async (url: string): Promise<PipelineResponse> => {
    requireSameHost(url, resourceManager, 'GET');
    const request = createPipelineRequest({ url, method: 'GET' });
    request.headers.set('accept', 'application/json');
    return await sendRequest(request);
  };
  const address = (path: string, apiVersion: string): string =>
    `${resourceManager}${encoded(path)}?api-version=${apiVersion}`;
  const send = async (
    method: Change,
    url: string,
    { body, ifMatch }: SendOptions,
  ): Promise<PipelineResponse> => {
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    const request = createPipelineRequest({ url, method, ...text });
    request.headers.set('accept', 'application/json');
    if (body !== undefined) request.headers.set('content-type', 'application/json');
    if (ifMatch !== undefined) request.headers.set('if-match', ifMatch);
    return await sendRequest(request);
  };
  return {
    fetch,

    async get(id, apiVersion) {
      const answer = await unlessAbsent(fetch(address(id, apiVersion)));
      return answer && bodyOf(answer);
    },

    async list(path, apiVersion, read) {
      const seen = new Set<string>();
      const items: ReturnType<typeof read>[] = [];
      const first = address(path, apiVersion);
      let next: string | undefined = first;
      while (next !== undefined) {
        seen.add(next);
        const page: Page = pageOf(await fetch(next));
        for (const item of page.value) items.push(read(item));
        next = page.nextLink;
        if (next !== undefined && (seen.has(next) || seen.size >= mostPages)) {
          const { operation } = describe({ method: 'GET', url: first });
          throw unexpected(operation, 200, 'the pages of the answer have no end');
        }
      }
      return items;
    },

    async send(method, id, apiVersion, options = {}) {
      await send(method, address(id, apiVersion), options);
    },

    async change(method, id, apiVersion, body) {
      return bodyOf(await send(method, address(id, apiVersion), { body }));
    },
  };
}

/** Names may have spaces and letters of any language; none may lead to another path, or into the query. */
function encoded(path: string): string {
  if (/\/\.{1,2}(\/|$)/.test(path))
    throw stalled('InvalidResourceId', `"${path}" is not the id of an Azure resource.`);
  return encodeURI(path).replaceAll(/[?#]/g, encodeURIComponent);
}

interface Page {
  value: RawBody[];
  nextLink: string | undefined;
}

function pageOf(answer: PipelineResponse): Page {
  const { value, nextLink } = bodyOf(answer);
  if (!Array.isArray(value)) throw broken(answer, 'the answer is no listing');
  const items = value.filter((item) => typeof item === 'object' && item !== null) as RawBody[];
  return { value: items, nextLink: typeof nextLink === 'string' && nextLink !== '' ? nextLink : undefined };
}

/** The resource that an answer shows, to the letter but for null (see `parsed`); throws where it shows none. */
export function bodyOf(answer: PipelineResponse): RawBody {
  const body = parsed(answer);
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as RawBody;
  throw broken(answer, 'the answer is no resource');
}

/** Resource Manager takes null and a property that is not there for the same, and so do all who read here. */
function parsed(answer: PipelineResponse): unknown {
  try {
    return withoutNull(JSON.parse(answer.bodyAsText ?? ''));
  } catch {
    throw broken(answer, 'the answer is empty or cut off');
  }
}

/** In place: a listing of servers has a hundred thousand properties. */
function withoutNull(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const members = value as Record<string, unknown>;
  for (const name in members) {
    if (members[name] === null) members[name] = undefined;
    else withoutNull(members[name]);
  }
  return value;
}

function broken({ request, status }: PipelineResponse, what: string): Error {
  return unexpected(describe(request).operation, status, what);
}
