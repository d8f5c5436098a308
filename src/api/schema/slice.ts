import { choice, text, type KindDefinition, type Schema } from './schema.ts';

/** ArcServerAssociationSlice: where the state of every single server lives. */

const entry: Schema = {
  type: 'object',
  title: 'ServerEntry',
  description: 'Where one server stands.',
  required: ['id', 'phase', 'since'],
  properties: {
    id: text('ARM id of the server.', 500),
    vmId: text("The server's own GUID; another one means that it was onboarded again.", 64),
    phase: choice(
      'How far it is.',
      ['Pending', 'Associating', 'Propagating', 'Propagated', 'Refused', 'Failed', 'Releasing'],
      {
        title: 'Phase',
      },
    ),
    since: {
      type: 'string',
      format: 'date-time',
      description: 'Since when. For Propagating: when the association was first known.',
    },
    reason: text('Why, for Refused and Failed; as one stable word in CamelCase.', 100),
    message: text('Why, as a sentence that says what to do.', 1024),
  },
};

export const sliceKind: KindDefinition = {
  kind: 'ArcServerAssociationSlice',
  plural: 'arcserverassociationslices',
  singular: 'arcserverassociationslice',
  shortName: 'asas',
  description:
    'The state of up to 250 servers of an ArcServerAssociation, as EndpointSlices are for Services. Written by the operator alone.',
  columns: [
    {
      name: 'Association',
      type: 'string',
      jsonPath: '.metadata.ownerReferences[0].name',
      description: 'Its owner',
    },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: 'Age' },
  ],
  properties: {
    machines: {
      type: 'array',
      description: 'The servers.',
      maxItems: 250,
      'x-kubernetes-list-type': 'atomic',
      default: [],
      items: entry,
    },
  },
  required: ['machines'],
  hasStatus: false,
};
