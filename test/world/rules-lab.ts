import type { Json } from './azure/http.ts';
import { plantGroup, plantRule, ruleProperties } from './azure/providers/security-groups.ts';
import { scopeObject } from './objects.ts';
import { namespace } from './laboratory.ts';
import { ScopeLab } from './scope-lab.ts';
import { idOf, smallSeed } from './small-seed.ts';
import { scopes } from '../../src/api/resources.ts';
import type { ArcPrivateLinkScope } from '../../src/api/types.ts';

/** A laboratory with a network security group, `nsg-hub`. */
export const nsg = idOf('rg', 'Microsoft.Network/networkSecurityGroups', 'nsg-hub');
export const ruleId = (name: string, group = nsg): string => `${group}/securityRules/${name}`;
export const entraRule = 'AllowAADOutboundAccess';
export const resourceManagerRule = 'AllowAzOutboundAccess';

/** A rule by others, ours being the pattern. */
export const rule = ruleProperties;

/** A rule that denies everything to the Internet. */
export const denial = (priority: number, more: Json = {}): Json =>
  rule(priority, {
    access: 'Deny',
    protocol: '*',
    destinationAddressPrefix: 'Internet',
    destinationPortRange: '*',
    ...more,
  });

export class RulesLab extends ScopeLab {
  static override async open(): Promise<RulesLab> {
    const lab = new RulesLab(smallSeed);
    await lab.createSecret();
    plantGroup(lab.world, nsg);
    return lab;
  }

  /** The object `net` with this group, and nothing of DNS or endpoints unless `more` says so. */
  async ask(group: Json = {}, more: Json = {}): Promise<void> {
    await this.write(group, more);
    this.start();
  }

  /** The same before any operator runs. */
  async write(group: Json = {}, more: Json = {}): Promise<void> {
    const networkSecurityGroups = [{ id: nsg, ...group }];
    await this.kubernetes.create(
      scopes,
      scopeObject({ privateEndpoints: [], networkSecurityGroups, ...more }),
    );
  }

  /** Another object of the same cluster that asks for the same. */
  async beside(name: string, group: Json = {}, own = namespace): Promise<void> {
    const object = scopeObject(
      { privateEndpoints: [], azureName: name, networkSecurityGroups: [{ id: nsg, ...group }] },
      name,
    );
    if (own !== namespace) await this.createSecret({}, own);
    const metadata = { ...object.metadata, namespace: own };
    await this.kubernetes.create(scopes, { ...object, metadata });
  }

  plant(name: string, properties: Json, group = nsg): void {
    plantRule(this.world, group, name, properties);
  }

  ruleOf(name: string, group = nsg): Json | undefined {
    return this.portal.get(ruleId(name, group))?.properties;
  }

  /** `AllowAADOutboundAccess 150 Present Created`, and what stands in the way. */
  async rules(): Promise<string[]> {
    const groups = (await this.status()).networkSecurityGroups ?? [];
    return groups.flatMap(({ rules }) =>
      rules.map(({ name, priority, state, origin, conflictsWith }) =>
        [name, priority, state, origin, conflictsWith].filter((word) => word !== undefined).join(' '),
      ),
    );
  }

  /** Calls that changed a rule or group, by verb and name. */
  ruleChanges(): string[] {
    return this.changes()
      .filter((call) => /networkSecurityGroups/i.test(call))
      .map((call) => call.replace(/ .*\//, ' '));
  }

  async other(name: string, own = namespace): Promise<ArcPrivateLinkScope | undefined> {
    return await this.kubernetes.get(scopes, { namespace: own, name });
  }
}
