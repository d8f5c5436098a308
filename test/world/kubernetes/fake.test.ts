import { contract } from './contract.ts';
import { withDefaults } from './defaults.ts';
import { FakeKubernetes } from './fake.ts';
import { systemClock } from '../../../src/base/clock.ts';

const client = new FakeKubernetes({ clock: systemClock, defaults: withDefaults });
contract('the fake', async () => await Promise.resolve({ client, namespace: 'contract' }));
