/** What a request is about. */
export interface Call {
  /** The resource's own path, without query. */
  path: string;
  subscription: string;
  /** `Microsoft.Network`; empty where the path has none. */
  namespace: string;
  /** `PATCH machines web-1`, for messages. */
  operation: string;
  /** `PATCH machines`: one series of metrics for each. */
  kind: string;
  /** The kind in its subscription: what Azure counts together. */
  operationClass: string;
  method: string;
  /** PUT and DELETE, whose operations are remembered. */
  writes: boolean;
  /** Asks after an operation. */
  polls: boolean;
}

const tagsPath = /\/providers\/Microsoft\.Resources\/tags\/default$/i;

/** Tells from method and address alone. */
export function describe(request: { method: string; url: string }): Call {
  const { method } = request;
  const path = decodeURIComponent(new URL(request.url).pathname);
  const [, inPath = ''] = /^\/subscriptions\/([^/]+)/i.exec(path) ?? [];
  // Azure answers ids in any case, and its limits do not care.
  const subscription = inPath.toLowerCase();
  const [, namespace = ''] = /.*\/providers\/([^/]+)/i.exec(path.replace(tagsPath, '')) ?? [];
  const { what, of, polls } = subject(path);
  const kind = `${method} ${what}`;
  return {
    path,
    subscription,
    namespace,
    operation: of === '' ? kind : `${kind} ${of}`,
    kind,
    operationClass: `${subscription} ${kind}`,
    method,
    writes: method === 'PUT' || method === 'DELETE',
    polls,
  };
}

/** `machines`, of `web-1`; tags are told by the resource that they are on, and polls carry names that mean nothing. */
function subject(path: string): { what: string; of: string; polls: boolean } {
  const own = path.replace(tagsPath, '');
  const tail = own.split(/\/providers\/[^/]+\//i).pop() ?? own;
  const parts = tail.split('/').filter((part) => part !== '');
  const types = parts.filter((_, index) => index % 2 === 0).join('/');
  const name = parts.length % 2 === 0 ? (parts.at(-1) ?? '') : '';
  if (own !== path) return { what: 'tags', of: `of ${types} ${name}`, polls: false };
  const polls = /operation(s|statuses|results|status)/i.test(types);
  return polls ? { what: 'operations', of: '', polls } : { what: types, of: name, polls };
}

/** Over HTTPS; some answers name the port of their scheme, and a host is the same with it and without. */
export function isSameHost(url: string, resourceManager: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, host } = new URL(url);
  return protocol === 'https:' && host === new URL(resourceManager).host;
}
