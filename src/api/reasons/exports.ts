import { tryAgain, type ReasonRow } from './row.ts';

/** What can stand in the way of exports; none of it changes Ready. */
export const exports = {
  WaitingForRecords: {
    meaning: 'An endpoint whose records are to be exported cannot serve yet, or no longer.',
    on: { scope: ['ExportsReady'] },
    kind: 'aside',
    cause:
      'A record that leads to an endpoint that is not approved, not provisioned or gone would cut servers off, so it is not exported.',
    cure: 'Mend the endpoint that the message names; it is exported by itself then. Or export other endpoints alone with `exports.dns.privateEndpoints`.',
    commands: ['kubectl -n NAMESPACE get apls NAME -o jsonpath="{.status.endpoints}"'],
  },
  ExportNameTaken: {
    meaning:
      'A ConfigMap of that name exists and is not ours. Delete it, or name another with configMapName.',
    on: { scope: ['ExportsReady'] },
    kind: 'aside',
    cause:
      'A ConfigMap of the name that `exports` asks for has no owner reference to this object. It is never written.',
    cure: 'Delete or rename that ConfigMap, or set another `configMapName`. One of an object of the same name that was replaced goes by itself.',
    commands: [
      'kubectl -n NAMESPACE get configmap CONFIGMAP -o yaml',
      'kubectl -n NAMESPACE edit apls NAME',
      tryAgain('apls'),
    ],
  },
  TooLarge: {
    meaning: 'The export does not fit into 20 ConfigMaps of 900 KiB. Ask for less.',
    on: { scope: ['ExportsReady'] },
    kind: 'aside',
    cause: 'A single file is larger than 900 KiB, or all together are larger than 20 ConfigMaps hold.',
    cure: 'Ask for fewer `formats`, `privateEndpoints`, `serviceTags` or `ipFamilies`; what was written before stays.',
    commands: ['kubectl -n NAMESPACE edit apls NAME'],
  },
  ForwarderNotLinked: {
    meaning:
      'The address of a forwarder lies in no VNet that is linked to the zones of its endpoint. Correct the address, or link its VNet.',
    on: { scope: ['ExportsReady'] },
    kind: 'aside',
    cause:
      'A DNS forwarder resolves privately only from a VNet that is linked to the zones; forwarded elsewhere, names would resolve to public addresses. Its forwarders are left out.',
    cure: 'Correct `addresses`, or add the VNet of the forwarder to `dns.linkVirtualNetworkIds` of the endpoint.',
    commands: ['kubectl -n NAMESPACE edit apls NAME'],
  },
} as const satisfies Record<string, ReasonRow>;
