import { together } from '../dismantle.ts';
import { takeDownRules } from '../rules/dismantle-rules.ts';
import { stage } from './stage.ts';

/** Deletion, stage (d): the rules of network security groups, but for those that another object asks for. */
export const rules = stage('rules', 'The security rules are gone.', (seen) =>
  together([...seen.securityGroups.values()].map((group) => takeDownRules(seen, group))),
);
