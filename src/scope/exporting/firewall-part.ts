import type { FirewallExport } from '../../api/types.ts';
import type { ServiceTags } from '../../azure/service-tags.ts';
import { once } from '../../base/once.ts';
import type { ExportedFile } from '../../exports/names.ts';
import { firewallFiles, missingTags } from '../../exports/firewall.ts';
import { publicArcNote } from '../../exports/fqdns.ts';
import { serviceTagsKey } from '../keys.ts';
import type { Seen } from '../seen.ts';
import { changeNumberAnnotation } from './config-map.ts';
import type { Content } from './content.ts';

/** What exports.firewall comes to; undefined where the spec has none. */
export function firewallContent({ object, exports }: Seen): Content | undefined {
  const wishes = object.spec.exports?.firewall;
  const { serviceTags, cloud } = exports;
  if (wishes === undefined || serviceTags === undefined) return undefined;
  if (serviceTags.is === 'unknown') return { is: 'unread', fault: serviceTags.fault };
  if (serviceTags.is === 'absent') return undefined;
  const { changeNumber, tags } = serviceTags.value;
  const missing = missingTags(wishes, tags);
  return {
    is: 'content',
    files: filesOf(serviceTags.value)(cloud, wishes),
    annotations: { [changeNumberAnnotation]: changeNumber },
    told: `change ${changeNumber}`,
    restsOn: [serviceTagsKey(object.spec.subscriptionId)],
    waits: [],
    faults: [],
    notes: [
      ...(missing.length === 0 ? [] : [`Not offered in this cloud: ${missing.join(', ')}.`]),
      ...(cloud === 'AzurePublic' ? [] : [publicArcNote]),
    ],
    changeNumber,
  };
}

/** Thousands of ranges are sorted: once for each answer of Azure's and each wish, not in every pass. */
const filesOf = once(({ changeNumber, tags }: ServiceTags) => {
  const known = new Map<string, ExportedFile[]>();
  return (cloud: Seen['exports']['cloud'], wishes: FirewallExport): ExportedFile[] => {
    const key = JSON.stringify([cloud, wishes]);
    const files = known.get(key) ?? firewallFiles({ cloud, changeNumber, tags }, wishes);
    known.set(key, files);
    return files;
  };
});
