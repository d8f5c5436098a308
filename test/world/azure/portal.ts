import { connectionOf, destroy, disconnectEndpoint, setConnectionState } from './providers/endpoint-state.ts';
import type { Resource } from './store.ts';
import type { AzureWorld } from './world.ts';

/** What a person does in the portal behind the operator's back, at once and without an API call. */
export class Portal {
  readonly #world: AzureWorld;

  constructor(world: AzureWorld) {
    this.#world = world;
  }

  get(id: string): Resource | undefined {
    return this.#world.resources.get(id);
  }

  need(id: string): Resource {
    const found = this.get(id);
    if (found === undefined) throw new Error(`there is no ${id}`);
    return found;
  }

  /** Deletes a resource with everything below it; an endpoint takes its records and connection along. */
  delete(id: string): void {
    const resource = this.need(id);
    if (resource.type === 'Microsoft.Network/privateEndpoints') destroy(this.#world, resource);
    else this.#world.resources.deleteTree(id);
  }

  /** Approves, rejects or disconnects the connection of an endpoint. */
  decide(endpointId: string, status: 'Approved' | 'Rejected' | 'Disconnected'): void {
    const connection = connectionOf(this.#world, endpointId);
    if (connection === undefined) throw new Error(`there is no connection of ${endpointId}`);
    if (status === 'Disconnected') {
      this.#world.resources.delete(connection.id);
      disconnectEndpoint(this.#world, endpointId);
    } else setConnectionState(this.#world, connection, status, 'by a person');
  }

  tag(id: string, tags: Record<string, string>): void {
    this.need(id).tags = tags;
  }

  /** Puts a server into a scope, or takes it out with "". */
  moveServer(id: string, scopeId: string): void {
    this.need(id).properties['privateLinkScopeResourceId'] = scopeId;
  }

  set(id: string, properties: Record<string, unknown>): void {
    Object.assign(this.need(id).properties, properties);
  }

  /** Everything but what changes by itself, for comparing two states of the world. */
  picture(): Record<string, unknown> {
    const entries = this.#world.resources
      .all()
      .map(({ id, location, tags, properties }): [string, unknown] => {
        const { provisioningState: _state, leases: _leases, ...lasting } = properties;
        // A server that has left a scope keeps an empty property, which means the same as none.
        if (lasting['privateLinkScopeResourceId'] === '') delete lasting['privateLinkScopeResourceId'];
        return [id.toLowerCase(), { location, tags: tags ?? {}, properties: lasting }];
      });
    return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
  }
}
