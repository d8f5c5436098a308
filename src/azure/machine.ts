import { parseResourceId } from './ids.ts';
import type { Machine, Tags } from './types.ts';

/** What is read of a server's answer, which is 2 KB and more (recorded); newer ones may lack any of it. */
export interface MachineBody {
  id?: string;
  name?: string;
  location?: string;
  tags?: Tags;
  properties?: {
    vmId?: string;
    status?: string;
    provisioningState?: string;
    privateLinkScopeResourceId?: string | null;
  };
}

/** Gives equal texts and equal tags of many servers one place in memory. */
export class Shared {
  readonly #texts = new Map<string, string>();
  readonly #tags = new Map<string, Tags>();

  text(text: string): string {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    this.#texts.set(text, text);
    return text;
  }

  tags(tags: Tags): Tags {
    const key = JSON.stringify(tags);
    const known = this.#tags.get(key);
    if (known !== undefined) return known;
    const entries = Object.entries(tags).map(([name, value]) => [this.text(name), this.text(value)] as const);
    const fresh = Object.fromEntries(entries);
    this.#tags.set(key, fresh);
    return fresh;
  }
}

/** Keeps nothing of the body. */
export function readMachine(body: MachineBody, shared = new Shared()): Machine {
  const { id = '', name = '', location = '', tags = {} } = body;
  const { subscriptionId = '', resourceGroup = '' } = parseResourceId(id) ?? {};
  return {
    id,
    name,
    subscriptionId: shared.text(subscriptionId),
    resourceGroup: shared.text(resourceGroup),
    location: shared.text(location),
    tags: shared.tags(tags),
    ...stateOf(body, shared),
  };
}

function stateOf(
  { properties = {} }: MachineBody,
  shared: Shared,
): Pick<Machine, 'vmId' | 'status' | 'provisioningState' | 'scopeId'> {
  const { vmId = '', status = '', provisioningState = '', privateLinkScopeResourceId } = properties;
  // Recorded: a server that was never in a scope lacks the property, one that left it has an empty one.
  const scopeId = privateLinkScopeResourceId ?? '';
  return {
    vmId,
    status: shared.text(status),
    provisioningState: shared.text(provisioningState),
    ...(scopeId === '' ? {} : { scopeId: shared.text(scopeId) }),
  };
}
