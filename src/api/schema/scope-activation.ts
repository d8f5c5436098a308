import { choice, text, type Schema } from './schema.ts';

/** Whether names begin to resolve, and what is held back while they do not. */

export const dnsActivation = choice(
  'Automatic: names resolve to the endpoints as soon as they can. Hold: everything is built except what makes names resolve, as VNet links of the zones and the DNS export; what resolves already is left as it is, and status.heldBack lists what is not made. Default: Automatic.',
  ['Automatic', 'Hold'],
  { default: 'Automatic' },
);

export const heldBack: Schema = {
  type: 'array',
  description: 'What dnsActivation: Hold keeps from being made; at most 300.',
  maxItems: 300,
  'x-kubernetes-list-type': 'atomic',
  items: {
    type: 'object',
    title: 'HeldBack',
    description: 'Something that would make names of a private endpoint resolve.',
    required: ['privateEndpoint', 'id'],
    properties: {
      privateEndpoint: text('Name of the endpoint within this object.', 63),
      id: text('ARM id of the link or zone group; of a ConfigMap its path in the Kubernetes API.', 800),
    },
  },
};
