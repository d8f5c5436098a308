import type { Json } from './http.ts';

/** What an agent reports of its server, in the size and shape that real answers have (recorded: 2.1 KB in all). */
export function inventory(name: string): Json {
  const text = (length: number): string => `${name}-${'simulated'.repeat(length)}`.slice(0, length);
  return {
    lastStatusChange: '2026-01-01T00:00:00.00000Z',
    errorDetails: [],
    displayName: name,
    machineFqdn: `${name}.plant.example`,
    domainName: 'plant.example',
    adFqdn: `${name}.plant.example`,
    dnsFqdn: `${name}.plant.example`,
    osVersion: '10.0.20348.2322',
    osType: 'windows',
    osSku: 'Windows Server 2022 Datacenter',
    osProfile: {
      computerName: name,
      windowsConfiguration: { patchSettings: { assessmentMode: 'AutomaticByOS' } },
    },
    vmUuid: text(36),
    clientPublicKey: text(392),
    mssqlDiscovered: 'false',
    cloudMetadata: { provider: 'N/A' },
    detectedProperties: {
      cloudprovider: 'N/A',
      manufacturer: 'Example Corporation',
      model: 'Rack Server',
      mssqldiscovered: 'false',
      processorNames: text(120),
      totalPhysicalMemoryInBytes: '274877906944',
    },
    agentConfiguration: {
      proxyUrl: '',
      incomingConnectionsPorts: [],
      extensionsAllowList: [],
      extensionsBlockList: [],
      proxyBypass: [],
      extensionsEnabled: 'true',
      guestConfigurationEnabled: 'true',
    },
    serviceStatuses: {
      extensionService: { status: 'running', startupType: 'automatic' },
      guestConfigurationService: { status: 'running', startupType: 'automatic' },
    },
    networkProfile: {
      networkInterfaces: [{ ipAddresses: [{ address: '10.0.0.10', ipAddressVersion: 'IPv4' }] }],
    },
    licenseProfile: { licenseStatus: 'Licensed', licenseChannel: text(80) },
  };
}
