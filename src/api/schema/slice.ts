import { choice, count, text, type KindDefinition, type Schema } from './schema.ts';

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
    origin: choice(
      'Taken: this association wrote down that it was about to associate it; it releases it again. Found: Azure showed it in the scope before; it is never released. Absent while it was neither.',
      ['Taken', 'Found'],
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
    ...[
      ['Propagated', 'propagated', 'Servers whose wait is over'],
      ['Propagating', 'propagating', 'Servers that wait'],
      ['Pending', 'pending', 'Servers still to be associated'],
      ['Refused', 'refused', 'Servers that are not taken'],
      ['Failed', 'failed', 'Servers that Azure refused to change'],
      ['Releasing', 'releasing', 'Servers that are to leave the scope'],
    ].map(([name = '', path = '', description = '']) => ({
      name,
      type: 'integer' as const,
      jsonPath: `.counts.${path}`,
      description,
    })),
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: 'Age' },
  ],
  properties: {
    counts: {
      type: 'object',
      title: 'SliceCounts',
      description: 'The servers of this slice by phase.',
      properties: {
        propagated: count('Propagated.'),
        propagating: count('Propagating.'),
        pending: count('Pending and Associating.'),
        refused: count('Refused.'),
        failed: count('Failed.'),
        releasing: count('Releasing.'),
      },
    },
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
