import type { CloudName } from '../base/cloud-name.ts';

/** Host names that no service tag covers, or that firewalls which go by names need as well; by cloud. */

/**
 * Those that stay on public addresses with private link, all over TCP 443 (learn, "Connected Machine agent network
 * requirements", September 2026; `aka.ms`, from where the installation scripts are, is the article's).
 */
export const publicHostNames: Readonly<Record<CloudName, readonly string[]>> = {
  AzurePublic: [
    'aka.ms',
    'download.microsoft.com',
    'packages.microsoft.com',
    'login.microsoftonline.com',
    '*.login.microsoft.com',
    'login.windows.net',
    'pas.windows.net',
    'management.azure.com',
    'guestnotificationservice.azure.com',
    '*.guestnotificationservice.azure.com',
    '*.servicebus.windows.net',
  ],
  AzureUSGovernment: [
    'aka.ms',
    'download.microsoft.com',
    'packages.microsoft.com',
    'login.microsoftonline.us',
    'pasff.usgovcloudapi.net',
    'management.usgovcloudapi.net',
  ],
  AzureChina: [
    'aka.ms',
    'download.microsoft.com',
    'packages.microsoft.com',
    'login.chinacloudapi.cn',
    'login.partner.chinacloudapi.cn',
    'pas.chinacloudapi.cn',
    'management.chinacloudapi.cn',
    'guestnotificationservice.azure.cn',
    '*.guestnotificationservice.azure.cn',
    'azgn*.servicebus.chinacloudapi.cn',
    '*.servicebus.chinacloudapi.cn',
  ],
};

/**
 * Outside the public cloud its own AzureArcInfrastructure is not enough: that of the public cloud is needed as well (the
 * same page). The service tags of another cloud are not to be had with the credentials of this one.
 */
export const publicArcNote =
  'Servers need the AzureArcInfrastructure ranges of the public cloud as well, which cannot be asked for with the credentials of this cloud: export them from a scope of the public cloud, or take them from https://www.microsoft.com/download/details.aspx?id=56519.';
