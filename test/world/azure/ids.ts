/** ARM paths as the simulator reads them; its own code, so that a mistake of the operator's is not repeated here. */

export interface ArmPath {
  /** Empty for the list of subscriptions. */
  subscription: string;
  /** Undefined for calls on a whole subscription. */
  group?: string;
  /** Lower case: `microsoft.network/privateendpoints`; empty for the group or subscription itself. */
  type: string;
  /** One for each type part; one fewer when the path is a collection. */
  names: string[];
  collection: boolean;
  /** The id of the resource that an extension resource (its tags) is on. */
  on?: string;
}

/** Undefined when the path is none of ARM's. */
export function parsePath(path: string): ArmPath | undefined {
  const plain = decodeURIComponent(path);
  const extension = /^(\/.*\/providers\/[^/]+\/.*)(\/providers\/[^/]+\/[^/]+\/[^/]+)$/i.exec(plain);
  if (extension === null) return parsePlain(plain);
  const [, on = '', own = ''] = extension;
  const base = parsePlain(on);
  const parsed = parsePlain(`/subscriptions/${base?.subscription ?? ''}${own}`);
  return base && parsed && { ...parsed, ...(base.group === undefined ? {} : { group: base.group }), on };
}

function parsePlain(path: string): ArmPath | undefined {
  const parts = path.split('/').filter((part) => part !== '');
  if (parts[0]?.toLowerCase() !== 'subscriptions') return undefined;
  const subscription = parts[1];
  if (subscription === undefined)
    return { subscription: '', type: 'microsoft.resources/subscriptions', names: [], collection: true };
  const groupAt = parts[2]?.toLowerCase() === 'resourcegroups' ? 2 : undefined;
  const group = groupAt === undefined ? undefined : parts[3];
  const rest = parts.slice(groupAt === undefined ? 2 : 4);
  const common = { subscription, ...(group === undefined ? {} : { group }) };
  if (rest.length === 0) return { ...common, type: '', names: [], collection: false };
  if (rest[0]?.toLowerCase() !== 'providers' || rest.length < 3) return undefined;
  const [, namespace = '', ...chain] = rest;
  const types = chain.filter((_, index) => index % 2 === 0);
  const names = chain.filter((_, index) => index % 2 === 1);
  const type = [namespace, ...types].join('/').toLowerCase();
  return { ...common, type, names, collection: chain.length % 2 === 1 };
}

export const key = (id: string): string => id.toLowerCase().replace(/\/+$/, '');

export const same = (one: string, other: string): boolean => key(one) === key(other);

/** Whether an id is the other or below it; everything is below the empty one. */
export const within = (id: string, above: string): boolean =>
  above === '' || same(id, above) || key(id).startsWith(`${key(above)}/`);

export const lastName = (id: string): string => id.slice(id.lastIndexOf('/') + 1);

/** The id of the resource that has this one as a child. */
export const parentId = (id: string): string => id.split('/').slice(0, -2).join('/');

export const place = (location: string): string => location.toLowerCase().replaceAll(' ', '');
