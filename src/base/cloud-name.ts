/** The clouds that the operator knows, by the names of the flag `--azure-cloud`. */
export type CloudName = 'AzurePublic' | 'AzureUSGovernment' | 'AzureChina';
