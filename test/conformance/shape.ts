/** Compares two JSON values by their shape: keys and types, and the few values that carry meaning for a client. */
export interface Difference {
  /** `properties.subnets[].id`. */
  path: string;
  what: string;
}

/** Their values must be equal, not only their types. */
const meaningful = new Set([
  'provisioningState',
  'status',
  'code',
  'publicNetworkAccess',
  'virtualNetworkLinkState',
  'registrationState',
]);

export function shapeDifferences(real: unknown, simulated: unknown, path = ''): Difference[] {
  const [one, other] = [kind(real), kind(simulated)];
  if (one !== other) return [{ path, what: `is ${one}, simulated ${other}` }];
  if (Array.isArray(real) && Array.isArray(simulated)) return arrays(real, simulated, path);
  if (one === 'object')
    return objects(real as Record<string, unknown>, simulated as Record<string, unknown>, path);
  const name = path.slice(path.lastIndexOf('.') + 1);
  if (meaningful.has(name) && real !== simulated) {
    return [{ path, what: `is ${JSON.stringify(real)}, simulated ${JSON.stringify(simulated)}` }];
  }
  return [];
}

function kind(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return value === null ? 'null' : typeof value;
}

function arrays(real: unknown[], simulated: unknown[], path: string): Difference[] {
  if (real.length === 0 && simulated.length === 0) return [];
  if (real.length === 0 || simulated.length === 0) {
    return [{ path: `${path}[]`, what: `has ${real.length} elements, simulated ${simulated.length}` }];
  }
  return shapeDifferences(real[0], simulated[0], `${path}[]`);
}

function objects(
  real: Record<string, unknown>,
  simulated: Record<string, unknown>,
  path: string,
): Difference[] {
  const below = (name: string): string => (path === '' ? name : `${path}.${name}`);
  return [...new Set([...Object.keys(real), ...Object.keys(simulated)])].flatMap((name): Difference[] => {
    if (!(name in simulated)) return [{ path: below(name), what: 'is missing in the simulated answer' }];
    if (!(name in real)) return [{ path: below(name), what: 'is only in the simulated answer' }];
    return shapeDifferences(real[name], simulated[name], below(name));
  });
}

/** The value behind a text, or the text itself where it is no JSON. */
export function jsonOrText(body: string): unknown {
  if (body === '') return '';
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
