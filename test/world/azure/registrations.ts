import { json, type ArmResponse } from './http.ts';

/** Resource providers of a subscription: registered, unless a test says otherwise. Recorded: 200 and the new state at once. */
export class Registrations {
  readonly #states = new Map<string, string>();

  /** Undefined when the path is none of a provider's. */
  answer(method: string, path: string): ArmResponse | undefined {
    const match = /^\/subscriptions\/([^/]+)\/providers\/([^/]+)(?:\/(register|unregister))?$/i.exec(path);
    if (match === null) return undefined;
    const [, subscription = '', namespace = '', action] = match;
    const key = `${subscription}/${namespace}`.toLowerCase();
    if (method === 'POST' && action !== undefined) {
      this.#states.set(key, action.toLowerCase() === 'register' ? 'Registering' : 'Unregistering');
    }
    return json(200, {
      id: `/subscriptions/${subscription}/providers/${namespace}`,
      namespace,
      authorization: {
        applicationId: '00000000-0000-0000-0000-000000000000',
        roleDefinitionId: '00000000-0000-0000-0000-000000000000',
      },
      resourceTypes: [
        {
          resourceType: 'operations',
          locations: ['West Europe'],
          apiVersions: ['2014-01-01'],
          capabilities: 'None',
        },
      ],
      registrationState: this.#states.get(key) ?? 'Registered',
      registrationPolicy: 'RegistrationRequired',
    });
  }

  set(subscription: string, namespace: string, state: string): void {
    this.#states.set(`${subscription}/${namespace}`.toLowerCase(), state);
  }
}
