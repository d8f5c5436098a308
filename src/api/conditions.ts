/** Every condition type, with what it means: the source of docs/reference.md. Their reasons: reasons.ts. */

interface ConditionMeaning {
  on: string;
  meaning: string;
}

const both = 'both';
const scope = 'ArcPrivateLinkScope';
const association = 'ArcServerAssociation';

export const conditionTypes = {
  Ready: { on: both, meaning: 'The summary: Azure is as the object says.' },
  Reconciling: {
    on: both,
    meaning: 'Only while True: the operator is at work, or waits for what comes by itself.',
  },
  Stalled: {
    on: both,
    meaning:
      'Only while True: a person has to do something; the message says what. It is tried again slowly.',
  },
  Suspended: {
    on: both,
    meaning: 'Only while True: spec.suspend is set, nothing is read or written in Azure.',
  },
  DeletionBlocked: {
    on: scope,
    meaning: 'Only while True: the object is being deleted and waits for associations or servers.',
  },
  PreflightPassed: {
    on: scope,
    meaning: 'Nothing stands in the way: networks exist and are free of other scopes and zones.',
  },
  ScopeReady: { on: scope, meaning: 'The scope exists as it shall.' },
  PrivateEndpointsReady: { on: scope, meaning: 'All private endpoints are provisioned and approved.' },
  DNSReady: { on: scope, meaning: 'Zones, links and records are there for every endpoint.' },
  NetworkRulesReady: {
    on: scope,
    meaning: 'Only with networkSecurityGroups: every rule is there, and nothing denies what it allows.',
  },
  ExportsReady: {
    on: scope,
    meaning: 'Only with spec.exports: the ConfigMaps are written. It never changes Ready.',
  },
  DNSVerified: {
    on: scope,
    meaning:
      'Only with dnsVerification: every resolver gives the addresses of its endpoint. It never changes Ready.',
  },
  MachinesSelected: { on: association, meaning: 'At least one server matches the selection.' },
  Associated: { on: association, meaning: 'Every server that can be taken is in the scope.' },
  Propagated: { on: association, meaning: 'The wait of every associated server is over.' },
  Complete: {
    on: association,
    meaning: 'No server is refused, missing or failed, and no release is held back.',
  },
} as const satisfies Record<string, ConditionMeaning>;

export type ConditionType = keyof typeof conditionTypes;
