/** Where a cloud's identity service and resource manager are (learn: "Azure cloud endpoints"). */
export interface Cloud {
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
    authorityHost: (options.authorityHost || authorityHost).replace(/\/+$/, ''),
    resourceManager: endpoint,
    tokenScope: `${audience}/.default`,
    exchangeAudience,
  };
}
