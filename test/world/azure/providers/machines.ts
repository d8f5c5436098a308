import { ArmFailure, empty, json, type Json } from '../http.ts';
import { place } from '../ids.ts';
import type { Resource } from '../store.ts';
import { shown, type Provider } from '../provider.ts';

/** Microsoft.HybridCompute/machines: Arc-enabled servers. */

const machineType = 'Microsoft.HybridCompute/machines';
const scopeProperty = 'privateLinkScopeResourceId';

export const machines: Provider = {
  type: machineType,

  // Recorded: 200 at once, the new scope already shown, `Updating`; "" takes it out and stays "".
  patch(call, existing) {
    const { tags, properties = {} } = call.body as { tags?: Record<string, string>; properties?: Json };
    if (tags !== undefined) existing.tags = tags;
    if (scopeProperty in properties) {
      const wanted = String(properties[scopeProperty] ?? '');
      if (wanted !== '') checkScope(call.world.resources.get(wanted), wanted, existing);
      existing.properties[scopeProperty] = call.world.overrides.machineScope ?? wanted;
    }
    existing.properties['provisioningState'] = 'Updating';
    call.world.later(5_000, () => (existing.properties['provisioningState'] = 'Succeeded'));
    return json(200, shown(existing));
  },

  put(call, existing) {
    const {
      location = existing?.location ?? '',
      tags,
      properties = {},
    } = call.body as { location?: string; tags?: Record<string, string>; properties?: Json };
    const machine = call.world.resources.put({
      id: call.id,
      name: call.name,
      type: machineType,
      location,
      ...(tags === undefined ? {} : { tags }),
      properties: {
        vmId: call.world.guid(),
        status: 'Connected',
        ...properties,
        provisioningState: 'Succeeded',
      },
    });
    return json(200, shown(machine));
  },

  delete(call, existing) {
    if (existing === undefined) return empty(204);
    call.world.resources.delete(existing.id);
    return empty(200);
  },

  // Recorded: a GET has `resources`, a list has not.
  render: (_, machine, listed) => (listed ? shown(machine) : { ...shown(machine), resources: [] }),
};

/** That the scope must exist and be of the server's region is documented; the codes are assumed. */
function checkScope(scope: Resource | undefined, wanted: string, machine: Resource): void {
  if (scope === undefined)
    throw new ArmFailure(400, 'InvalidResourceReference', `The private link scope ${wanted} was not found.`);
  if (place(scope.location ?? '') === place(machine.location ?? '')) return;
  const message = `The machine in '${machine.location}' cannot be associated with a private link scope in '${scope.location}'.`;
  throw new ArmFailure(400, 'BadRequest', message);
}
