import { associationKind } from '../../../src/api/schema/association.ts';
import type { KindDefinition } from '../../../src/api/schema/schema.ts';
import { scopeKind } from '../../../src/api/schema/scope.ts';
import type { Resource } from '../../../src/runtime/object.ts';
import { associations, scopes } from '../../../src/api/resources.ts';
import { withDefaults } from '../../world/kubernetes/defaults.ts';
import { brokenRules } from './rules.ts';
import { structuralProblems, withoutNulls } from './structure.ts';

/** Whether the API server takes a spec, asked as `kubectl apply` asks (unknown fields are refused). */

export type Spec = Record<string, unknown>;

/** A kind whose specs are tried. */
export interface Subject {
  readonly resource: Resource;
  readonly kind: KindDefinition;
  readonly name: string;
}

export const scopeSubject: Subject = { resource: scopes, kind: scopeKind, name: 'net' };
export const associationSubject: Subject = {
  resource: associations,
  kind: associationKind,
  name: 'servers',
};

export interface Admission {
  /** The spec as it is stored, defaults filled in; undefined when it is refused. */
  stored: Spec | undefined;
  /** Why it is refused, a line each; empty when it is taken. */
  problems: readonly string[];
}

/** `before`: the spec as it is stored; absent when the object is created. */
export function admit({ kind, resource }: Subject, spec: unknown, before?: Spec): Admission {
  const schema = kind.properties['spec'];
  if (schema === undefined) throw new Error(`${kind.kind} has no spec`);
  const bare = withoutNulls(schema, spec);
  const object = { metadata: { name: 'x', namespace: 'y' }, spec: bare };
  const filled = sent(withDefaults(resource, object)) as { spec: Spec };
  // Defaults come with unknown fields dropped, of which `kubectl apply` is told.
  const unknown = structuralProblems(schema, bare, 'spec').filter((line) => line.startsWith('unknown field'));
  const structural = [...unknown, ...structuralProblems(schema, filled.spec, 'spec')];
  // "some validation rules were not checked because the object was invalid"
  const problems =
    structural.length > 0 ? structural : brokenRules(schema, filled.spec, sent(before), 'spec');
  return problems.length === 0 ? { stored: filled.spec, problems } : { stored: undefined, problems };
}

/** As it arrives: copied by way of text, also because CEL's evaluator wants values of this realm (tests have their own). */
function sent(value: unknown): unknown {
  return value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);
}
