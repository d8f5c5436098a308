import type { CloudName } from '../base/cloud-name.ts';

/** Where a cloud's identity service and resource manager are (learn: "Azure cloud endpoints"). */
export interface Cloud {
  name: CloudName;
  /** Entra ID, where tokens come from. */
  authorityHost: string;
  /** Azure Resource Manager, without a slash at the end. */
  resourceManager: string;
  /** The scope to ask a token for. */
  tokenScope: string;
  /**
   * The audience of a Kubernetes token that Entra ID exchanges (workload identity federation); each cloud has its own
   * (hashicorp/terraform-provider-azuread#1755, Azure/login#452).
   */
  exchangeAudience: string;
  /** The private DNS zones that a scope usually needs; none where the service is not offered. */
  usualZoneNames: readonly string[];
}

const clouds = {
  AzurePublic: [
    'https://login.microsoftonline.com',
    'https://management.azure.com',
    'api://AzureADTokenExchange',
  ],
  AzureUSGovernment: [
    'https://login.microsoftonline.us',
    'https://management.usgovcloudapi.net',
    'api://AzureADTokenExchangeUSGov',
  ],
  AzureChina: [
    'https://login.chinacloudapi.cn',
    'https://management.chinacloudapi.cn',
    'api://AzureADTokenExchangeChina',
  ],
} as const;

/**
 * As the scope of a real one says (recorded), in lower case. US Government's are assumed: its public names end in
 * azure.us (learn, "Connected Machine agent network requirements"). China has no private link for Arc.
 */
const zoneNames: Record<keyof typeof clouds, readonly string[]> = {
  AzurePublic: [
    'privatelink.dp.kubernetesconfiguration.azure.com',
    'privatelink.guestconfiguration.azure.com',
    'privatelink.his.arc.azure.com',
  ],
  AzureUSGovernment: [
    'privatelink.dp.kubernetesconfiguration.azure.us',
    'privatelink.guestconfiguration.azure.us',
    'privatelink.his.arc.azure.us',
  ],
  AzureChina: [],
};

export interface CloudOptions {
  cloud: keyof typeof clouds;
  authorityHost: string | undefined;
  resourceManagerEndpoint: string | undefined;
  resourceManagerAudience: string | undefined;
}

/** The cloud's endpoints, each replaced by the one of the environment where that is set. */
export function cloudOf(options: CloudOptions): Cloud {
  const [authorityHost, resourceManager, exchangeAudience] = clouds[options.cloud];
  const endpoint = (options.resourceManagerEndpoint || resourceManager).replace(/\/+$/, '');
  const audience = (options.resourceManagerAudience || endpoint).replace(/\/+$/, '');
  return {
    name: options.cloud,
    authorityHost: (options.authorityHost || authorityHost).replace(/\/+$/, ''),
    resourceManager: endpoint,
    tokenScope: `${audience}/.default`,
    exchangeAudience,
    usualZoneNames: zoneNames[options.cloud],
  };
}
