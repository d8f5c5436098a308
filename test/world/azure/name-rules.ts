import { ArmFailure } from './http.ts';

/** What a type's names may be. */
interface NameRule {
  least: number;
  most: number;
  form: RegExp;
}

/** "Alphanumerics, underscores, periods, and hyphens. Start with alphanumeric. End alphanumeric or underscore." */
const networkForm = /^[a-z0-9]([-\w.]*\w)?$/i;
const ofNetworks = (most: number, least = 1): NameRule => ({ least, most, form: networkForm });

/**
 * Documented (learn, "Naming rules and restrictions for Azure resources") but for those of Arc, which are the patterns of
 * its specification; that zone groups are named as the rest of the network is assumed.
 */
const rules: Readonly<{ [type: string]: NameRule }> = {
  'microsoft.network/privateendpoints': ofNetworks(64, 2),
  'microsoft.network/virtualnetworks': ofNetworks(64, 2),
  'microsoft.network/virtualnetworks/subnets': ofNetworks(80),
  'microsoft.network/networkinterfaces': ofNetworks(80),
  'microsoft.network/networksecuritygroups': ofNetworks(80),
  'microsoft.network/networksecuritygroups/securityrules': ofNetworks(80),
  'microsoft.network/applicationsecuritygroups': ofNetworks(80),
  'microsoft.network/privateendpoints/privatednszonegroups': ofNetworks(80),
  'microsoft.network/privatednszones/virtualnetworklinks': ofNetworks(80),
  // Two to 34 labels, of 63 characters each at the most; the page gives no length for the whole, which DNS bounds.
  'microsoft.network/privatednszones': { least: 1, most: 253, form: /^[-\w]{1,63}(\.[-\w]{1,63}){1,33}$/ },
  'microsoft.resources/resourcegroups': { least: 1, most: 90, form: /^[-\w.()]*[-\w()]$/ },
  'microsoft.hybridcompute/machines': { least: 1, most: 54, form: /^[-\w.]+$/ },
  'microsoft.hybridcompute/privatelinkscopes': { least: 1, most: 255, form: /^[-\w.]+$/ },
};

/**
 * Refuses a name that its type may not have. Code and words as networks refuse one (quoted in
 * hashicorp/terraform-provider-azurerm#21093); that others answer the same is assumed.
 */
export function checkName(type: string, name: string): void {
  const rule = rules[type.toLowerCase()];
  if (rule === undefined) return;
  if (name.length >= rule.least && name.length <= rule.most && rule.form.test(name)) return;
  const message = `Resource name ${name} is invalid. The name can be up to ${rule.most} characters long. It must begin with a word character, and it must end with a word character or with '_'. The name may contain word characters or '.', '-', '_'.`;
  throw new ArmFailure(400, 'InvalidResourceName', message);
}
