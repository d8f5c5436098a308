import type { Provider } from '../provider.ts';

/** GET …/locations/{location}/serviceTags: the same for every location and subscription of the cloud (specification). */
export const serviceTags: Provider = {
  type: 'Microsoft.Network/locations/serviceTags',
  answer: (call) => ({
    status: 200,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: call.world.serviceTags.body(call.path.subscription),
  }),
};
