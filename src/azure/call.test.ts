import { expect, it } from '@jest/globals';
import { describe } from './call.ts';

it('calls of one subscription are counted together, whatever the case of its id', () => {
  const classOf = (subscription: string): string =>
    describe({
      method: 'PATCH',
      url: `https://management.azure.com/subscriptions/${subscription}/resourceGroups/rg/providers/Microsoft.HybridCompute/machines/web`,
    }).operationClass;
  expect(classOf('0000000A')).toBe(classOf('0000000a'));
});
