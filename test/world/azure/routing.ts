import { ArmFailure, json, parseBody, type ArmRequest, type ArmResponse, type Json } from './http.ts';
import type { ArmPath } from './ids.ts';
import type { Call, Provider } from './provider.ts';
import { providers } from './providers/index.ts';
import { checkName } from './name-rules.ts';
import { checkContent, checkTags } from './requests.ts';
import type { Resource } from './store.ts';
import { withStoredTags } from './tag-rules.ts';
import { checkVersion, versionsOf } from './versions.ts';
import type { AzureWorld } from './world.ts';

/** Leads a request through what every request passes (subscription, limits, rights, policies, locks) to its provider. */
export function answer(
  world: AzureWorld,
  request: ArmRequest,
  path: string,
  parsed: ArmPath | undefined,
): ArmResponse {
  try {
    world.rules.checkSubscription(parsed?.subscription ?? '');
    const polled = world.operations.poll(path, request.url.searchParams);
    if (polled !== undefined) {
      // Assumed: Azure has actions for it, but whether they are asked for is not written down.
      world.rules.authorize('GET', parsed?.type ?? '', path);
      return polled;
    }
    const registration = world.registrations.answer(request.method, path);
    if (registration !== undefined) return registration;
    if (parsed === undefined)
      throw new ArmFailure(404, 'InvalidResourceType', `The path '${path}' is not known.`);
    const admission = world.admit(request.method, parsed.type, parsed.subscription);
    if ('retryAfterSeconds' in admission)
      throw throttled(world, parsed.subscription, admission.retryAfterSeconds);
    const response = route(world, request, path, parsed);
    for (const told of [admission, ...(admission.provider === undefined ? [] : [admission.provider])])
      response.headers[told.header] = String(told.remaining);
    return response;
  } catch (error) {
    if (error instanceof ArmFailure) return error.response();
    throw error;
  }
}

function route(world: AzureWorld, request: ArmRequest, path: string, parsed: ArmPath): ArmResponse {
  const provider = providers.get(parsed.type === '' ? 'microsoft.resources/resourcegroups' : parsed.type);
  if (provider === undefined) {
    throw new ArmFailure(
      404,
      'InvalidResourceType',
      `The resource type could not be found: '${parsed.type}'.`,
    );
  }
  const versions = versionsOf(provider.type);
  checkVersion(request, provider.type, world.quirks.versions?.(provider.type, versions) ?? versions);
  world.rules.authorize(request.method, provider.type, path);
  checkContent(request);
  const body = parseBody(request);
  checkTags(
    provider.type === 'Microsoft.Resources/tags' ? ((body['properties'] as Json | undefined) ?? {}) : body,
  );
  world.rules.authorizeLinks(request.method, provider.type, path, body);
  const call: Call = {
    world,
    method: request.method,
    id: path,
    path: parsed,
    type: provider.type,
    name: parsed.names.at(-1) ?? '',
    query: request.url.searchParams,
    headers: request.headers,
    body,
  };
  if (parsed.group !== undefined && provider.type !== 'Microsoft.Resources/resourceGroups')
    needsGroup(world, parsed);
  return parsed.collection ? list(provider, call) : one(provider, call);
}

/** Recorded for a DELETE, which answers 204 when only the resource is missing. */
function needsGroup(world: AzureWorld, path: ArmPath): void {
  if (world.resources.hasGroup(path.subscription, path.group ?? '')) return;
  throw new ArmFailure(404, 'ResourceGroupNotFound', `Resource group '${path.group}' could not be found.`);
}

function one(provider: Provider, call: Call): ArmResponse {
  const { world } = call;
  const existing = provider.find ? provider.find(call) : world.resources.get(call.id);
  world.rules.checkLock(call.method, call.id);
  switch (call.method) {
    case 'GET':
      if (existing === undefined) throw notFound(call);
      return json(200, world.render(provider, existing, false), etagHeader(existing));
    case 'PUT':
      if (existing === undefined) checkName(call.type, call.name);
      return provider.put?.(admitted(call, call.id), existing) ?? notAllowed(call);
    case 'PATCH':
      if (existing === undefined) throw notFound(call);
      return provider.patch?.(admitted(call, call.path.on ?? call.id), existing) ?? notAllowed(call);
    case 'DELETE':
      return provider.delete?.(call, existing) ?? notAllowed(call);
    default:
      return notAllowed(call);
  }
}

/** A write that policies let through, with what they make of it. */
function admitted(call: Call, id: string): Call {
  const { world } = call;
  const type = call.path.on === undefined ? call.type : (world.resources.get(id)?.type ?? call.type);
  world.rules.checkWrite(type, id);
  if (call.path.on !== undefined || (call.method === 'PATCH' && call.body['tags'] === undefined)) return call;
  return { ...call, body: withStoredTags(type, call.body, world.overrides.tags) };
}

function list(provider: Provider, call: Call): ArmResponse {
  if (call.method !== 'GET') return notAllowed(call);
  if (provider.answer !== undefined) return provider.answer(call);
  const { world } = call;
  const parent = call.id.split('/').slice(0, -1).join('/');
  const found = provider.list
    ? provider.list(call)
    : world.resources.below(call.path.names.length === 0 ? scopeOf(call.path) : parent, provider.type);
  // Assumed for listings of a provider: whoever may read a part only is shown that part.
  const visible = found.filter(({ id }) => !world.rules.isHidden(id));
  const shownToAll = world.quirks.listed?.(provider.type, visible) ?? visible;
  const skip = Number(call.query.get('$skipToken') ?? '0');
  const version = call.query.get('api-version') ?? '';
  return world.page(provider, shownToAll, skip, (next) => {
    return `${world.operations.origin}${call.id}?api-version=${version}&$skipToken=${next}`;
  });
}

function scopeOf(path: ArmPath): string {
  const subscription = `/subscriptions/${path.subscription}`;
  return path.group === undefined ? subscription : `${subscription}/resourceGroups/${path.group}`;
}

function etagHeader(resource: Resource): Record<string, string> {
  return resource.etag === undefined ? {} : { etag: resource.etag };
}

function notFound(call: Call): ArmFailure {
  const { type, names, group } = call.path;
  const parentGone =
    names.length > 1 && call.world.resources.get(call.id.split('/').slice(0, -2).join('/')) === undefined;
  const code = parentGone ? 'ParentResourceNotFound' : 'ResourceNotFound';
  const message = `The Resource '${type}/${names.join('/')}' under resource group '${group}' was not found.`;
  return new ArmFailure(404, code, message);
}

function notAllowed(call: Call): ArmResponse {
  const message = `The HTTP method '${call.method}' is not supported for '${call.path.type}'.`;
  return new ArmFailure(405, 'MethodNotAllowed', message).response();
}

function throttled(world: AzureWorld, subscription: string, seconds: number): ArmFailure {
  const message = `The number of requests for subscription '${subscription}' exceeded the limit. Please try again after '${seconds}' seconds.`;
  return new ArmFailure(
    429,
    'SubscriptionRequestsThrottled',
    message,
    {},
    { 'retry-after': world.quirks.datedRetryAfter ? dateIn(world, seconds) : String(seconds) },
  );
}

/** RFC 9110 lets Retry-After be a date; whole seconds, so the next one that is late enough. */
function dateIn(world: AzureWorld, seconds: number): string {
  const atMs = world.clock.now() + (world.quirks.clockAheadMs ?? 0) + seconds * 1_000;
  return new Date(Math.ceil(atMs / 1_000) * 1_000).toUTCString();
}
