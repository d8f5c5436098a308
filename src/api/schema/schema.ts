/** The subset of a structural OpenAPI v3 schema that the kinds use (Kubernetes: JSONSchemaProps). */
export interface Schema {
  type: 'object' | 'array' | 'string' | 'integer' | 'boolean';
  description?: string;
  /** The name of its generated TypeScript type; objects and enums without one are written in place. Not in the CRD. */
  title?: string;
  format?: 'int32' | 'int64' | 'date-time';
  default?: unknown;
  enum?: readonly string[];
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  maxProperties?: number;
  properties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
  items?: Schema;
  additionalProperties?: Schema;
  'x-kubernetes-list-type'?: 'map' | 'atomic' | 'set';
  'x-kubernetes-list-map-keys'?: readonly string[];
  'x-kubernetes-validations'?: readonly Rule[];
}

/** A CEL rule and what a person reads when it fails. */
export interface Rule {
  rule: string;
  message: string;
  fieldPath?: string;
  reason?: 'FieldValueInvalid' | 'FieldValueRequired' | 'FieldValueForbidden' | 'FieldValueDuplicate';
}

/** A column of `kubectl get`. Priority 1 shows with `-o wide` only. */
export interface Column {
  name: string;
  type: 'string' | 'integer' | 'date';
  jsonPath: string;
  description: string;
  priority?: 1;
}

export interface KindDefinition {
  kind: string;
  plural: string;
  singular: string;
  shortName: string;
  description: string;
  columns: readonly Column[];
  /** Properties beside apiVersion, kind and metadata. */
  properties: Readonly<Record<string, Schema>>;
  required: readonly string[];
  /** Rules on the whole object: only these may look at metadata.name. */
  rules?: readonly Rule[];
  hasStatus: boolean;
}

export const text = (description: string, most: number, more: Partial<Schema> = {}): Schema => ({
  type: 'string',
  description,
  maxLength: most,
  ...more,
});

export const choice = (
  description: string,
  values: readonly string[],
  more: Partial<Schema> = {},
): Schema => ({
  type: 'string',
  description,
  enum: values,
  ...more,
});

export const count = (description: string): Schema => ({
  type: 'integer',
  format: 'int32',
  description,
  minimum: 0,
});

/** A whole number from `least` to `most`. */
export const integer = (
  description: string,
  least: number,
  most: number,
  more: Partial<Schema> = {},
): Schema => ({
  type: 'integer',
  format: 'int32',
  description,
  minimum: least,
  maximum: most,
  ...more,
});

/** The name of a private endpoint within its object, or one like it (RFC 1123 label). */
export const label = (description: string): Schema =>
  text(description, 63, { minLength: 1, pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$' });

const guidForm = '[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}';

export const subscriptionId = (description: string): Schema =>
  text(description, 36, { pattern: `^${guidForm}$` });

const groupName = '[-\\w._()]*[-\\w_()]';

/** Azure's rule for names of resource groups. */
export const resourceGroup = (description: string): Schema =>
  text(description, 90, { minLength: 1, pattern: `^${groupName}$` });

/** Azure's rule for names of networks, subnets, endpoints and interfaces: none of them is `..`, or ends a path early. */
export const networkName = '[A-Za-z0-9]([-\\w.]*[A-Za-z0-9_])?';

/** Whether an ARM id has the right shape; that the resource exists is for the operator to find out. Case does not count. */
export const armIdPattern = (type: string, name: string): string =>
  `(?i)^/subscriptions/${guidForm}/resourceGroups/${groupName}/providers/${type.replaceAll('.', '\\.')}/${name}$`;

/** Azure's rule for names of private link scopes; of dots alone it would be a step in a path. */
export const scopeName = '[a-zA-Z0-9-_.]*[a-zA-Z0-9-_][a-zA-Z0-9-_.]*';

/** A name of the Kubernetes API (RFC 1123 subdomain). */
export const objectName = (description: string, most: number): Schema =>
  text(description, most, {
    minLength: 1,
    pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$',
  });

/** A setting that Azure cannot change later: neither changed nor added nor removed. */
export function immutable(field: string, what = field): Rule {
  return {
    rule: `has(self.${field}) == has(oldSelf.${field}) && (!has(self.${field}) || self.${field} == oldSelf.${field})`,
    message: `${what} cannot be changed, added or removed later; create another object instead`,
  };
}
