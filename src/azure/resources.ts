import type { Clients } from './clients.ts';
import { unexpected } from './errors.ts';
import { tagsId, type Azure, type Tags } from './types.ts';

/** Resource Manager's own calls: tags of any resource, and the subscriptions that the identity sees. */

/** PATCH of tags is synchronous in this version (learn: "Tags - Update At Scope"); later ones are not. */
const tagsVersion = '2021-04-01';
const subscriptionsVersion = '2022-12-01';

export function resourceCalls({
  raw,
}: Clients): Pick<Azure, 'mergeTags' | 'removeTags' | 'listSubscriptions'> {
  const patch = async (operation: 'Merge' | 'Delete', id: string, tags: Tags): Promise<Tags> => {
    const body = { operation, properties: { tags } };
    const answer = await raw.change('PATCH', tagsId(id), tagsVersion, body);
    const { tags: left } = (answer['properties'] ?? {}) as { tags?: Tags };
    if (left === undefined) throw unexpected('PATCH tags', 200, 'the answer has no tags');
    return left;
  };
  return {
    mergeTags: (id, tags) => patch('Merge', id, tags),
    removeTags: (id, tags) => patch('Delete', id, tags),
    async listSubscriptions() {
      const found = await raw.list('/subscriptions', subscriptionsVersion, (item) => {
        const { subscriptionId, state } = item as { subscriptionId?: string; state?: string };
        return state === 'Deleted' ? '' : (subscriptionId ?? '').toLowerCase();
      });
      return found.filter((id) => id !== '');
    },
  };
}
