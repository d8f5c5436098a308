import type { Campaign } from '../campaign.ts';
import { actoAssociations } from './acto-associations.ts';
import { actoScopes } from './acto-scopes.ts';
import { armCombinations, armFaults } from './arm.ts';
import { crashes } from './crash.ts';
import { kubeFaults } from './kube-faults.ts';
import { month } from './month.ts';
import { realFaults } from './real-faults.ts';
import { realKills } from './real-kills.ts';

/** Every campaign, one line each. */
export const campaigns: readonly Campaign[] = [
  crashes,
  armFaults,
  armCombinations,
  kubeFaults,
  actoScopes,
  actoAssociations,
  month,
  realKills,
  realFaults,
];
