/**
 * A label selector as Kubernetes and `kubectl -l` write it: `a=b`, `a!=b`, `a in (b,c)`, `a notin (b,c)`, `a`, `!a`,
 * joined by commas (kubernetes.io, Labels and Selectors). An object without the label meets `!=` and `notin`.
 */
export interface LabelSelector {
  /** As it was written, without blanks around it; empty selects everything. */
  text: string;
  matches: (labels: Readonly<Record<string, string>> | undefined) => boolean;
}

type Requirement = (labels: Readonly<Record<string, string>>) => boolean;

/** Undefined when the text is no selector. */
export function parseLabelSelector(written: string): LabelSelector | undefined {
  const text = written.trim();
  // Commas inside parentheses separate values.
  const parts = text === '' ? [] : text.split(/,(?![^(]*\))/);
  const requirements = parts.map((part) => requirementOf(part.trim()));
  if (requirements.includes(undefined)) return undefined;
  const all = requirements as Requirement[];
  return { text, matches: (labels = {}) => all.every((meets) => meets(labels)) };
}

const label = String.raw`(?:[a-z0-9.-]{1,253}\/)?[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?`;
const value = String.raw`(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?`;
const presence = new RegExp(`^(!?)\\s*(${label})$`);
const equality = new RegExp(`^(${label})\\s*(==?|!=)\\s*(${value})$`);
const membership = new RegExp(`^(${label})\\s+(in|notin)\\s*\\(([^()]*)\\)$`);
const wholeValue = new RegExp(`^${value}$`);

function requirementOf(text: string): Requirement | undefined {
  const [, not, present] = presence.exec(text) ?? [];
  if (present !== undefined) return (labels) => (labels[present] === undefined) === (not === '!');
  const [, equal, sign, wanted = ''] = equality.exec(text) ?? [];
  if (equal !== undefined) return (labels) => (labels[equal] === wanted) === (sign !== '!=');
  const [, member, operator, list = ''] = membership.exec(text) ?? [];
  if (member === undefined) return undefined;
  const values = list.split(',').map((one) => one.trim());
  if (!values.every((one) => wholeValue.test(one))) return undefined;
  return (labels) => values.includes(labels[member] ?? missing) === (operator === 'in');
}

/** No label has this value. */
const missing = '\0';
