import { tryAgain, type ReasonRow } from './row.ts';

/** What can stand in the way of the rules of network security groups. */
export const network = {
  NetworkSecurityGroupNotFound: {
    meaning: 'The network security group does not exist, or the identity may not see it. Create it.',
    on: { scope: ['NetworkRulesReady'] },
    kind: 'overdue',
    cause:
      'A group of `networkSecurityGroups` does not exist. Azure also answers 404 where it hides what the identity may not see. Its rules wait; those of other groups are made.',
    cure: 'Create it, in any order: it is waited for. Or remove it from the spec.',
    commands: ['az network nsg show --ids GROUP_ID', 'kubectl -n NAMESPACE edit apls NAME'],
  },
  PriorityConflict: {
    meaning: 'Another outbound rule of the group has the priority. Give one of the two another priority.',
    on: { scope: ['NetworkRulesReady'] },
    kind: 'stalled',
    cause:
      'Azure takes one rule a priority and direction, and a rule that is not ours has the one that the spec says. Nothing was written.',
    cure: 'Set another priority, lower than that of any rule that denies Internet access; the message has the command with a free one. Or move the other rule.',
    commands: [
      'az network nsg rule list --ids GROUP_ID --query "[?direction==\'Outbound\'].{priority:priority, name:name, access:access}" -o table',
      'kubectl -n NAMESPACE edit apls NAME',
    ],
  },
  ShadowedByDenyRule: {
    meaning:
      'A rule with a lower number denies what our rule allows, which would be of no effect. Set a lower number.',
    on: { scope: ['NetworkRulesReady'] },
    kind: 'stalled',
    cause:
      'A rule of the group with a lower number denies all that the rule is to allow: its source covers VirtualNetwork, its destination the service tag, its ports 443 and its protocol TCP. Azure takes the first rule that fits. A missing rule is not made; one that is there stays.',
    cure: 'Set a priority below that of the deny rule; the message has the command. Or change the deny rule, which is never done by the operator.',
    commands: [
      "az network nsg rule list --ids GROUP_ID --query \"[?direction=='Outbound' && access=='Deny']\" -o table",
      'kubectl -n NAMESPACE edit apls NAME',
    ],
  },
  RuleNameTaken: {
    meaning: 'A rule of that name exists, allows something else and is not ours. It is never changed.',
    on: { scope: ['NetworkRulesReady'] },
    kind: 'stalled',
    cause:
      'A rule of the group has the name that ours is to have, and was made by someone else for something else.',
    cure: 'Rename the other rule (make it anew under another name and delete it); the rule of a further service tag can have another `ruleName` instead.',
    commands: ['az network nsg rule show --ids RULE_ID', tryAgain('apls')],
  },
} as const satisfies Record<string, ReasonRow>;
