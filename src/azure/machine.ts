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

/** Keeps nothing of the body. `shared` gives equal texts of many servers one place in memory. */
export function readMachine(body: MachineBody, shared = (text: string): string => text): Machine {
  const { id = '', name = '', location = '', tags = {} } = body;
  const { subscriptionId = '', resourceGroup = '' } = parseResourceId(id) ?? {};
  return {
    id,
    name,
    subscriptionId: shared(subscriptionId),
    resourceGroup: shared(resourceGroup),
    location: shared(location),
    tags: Object.fromEntries(Object.entries(tags).map(([key, value]) => [key, shared(value)])),
    ...stateOf(body, shared),
  };
}

function stateOf(
  { properties = {} }: MachineBody,
  shared: (text: string) => string,
): Pick<Machine, 'vmId' | 'status' | 'provisioningState' | 'scopeId'> {
  const { vmId = '', status = '', provisioningState = '', privateLinkScopeResourceId } = properties;
  // Recorded: a server that was never in a scope lacks the property, one that left it has an empty one.
  const scopeId = privateLinkScopeResourceId ?? '';
  return {
    vmId,
    status: shared(status),
    provisioningState: shared(provisioningState),
    ...(scopeId === '' ? {} : { scopeId: shared(scopeId) }),
  };
}
