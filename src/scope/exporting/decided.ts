import { fault } from '../../api/reasons.ts';
import { nameOf } from '../../azure/ids.ts';
import { once } from '../../base/once.ts';
import type { Fault } from '../../base/errors.ts';
import type { Known } from '../../engine/picture.ts';
import type { ExportedFile } from '../../exports/names.ts';
import { partName, partsOf } from '../../exports/parts.ts';
import type { PlannedCall } from '../actions.ts';
import type { Seen } from '../seen.ts';
import {
  configMapId,
  digestOf,
  endpointsIn,
  ownerReference,
  type SeenMap,
  type WantedMap,
} from './config-map.ts';
import type { Content } from './content.ts';
import { dnsContent } from './dns-part.ts';
import { firewallContent } from './firewall-part.ts';
import { configMapNameOf, exportNames, nameTaken, type ExportName } from './names.ts';

/** What becomes of every part of spec.exports: decided once, told as calls, as condition and as status. Pure. */
export interface DecidedPart {
  name: ExportName;
  planned: readonly PlannedCall[];
  /** Names of ConfigMaps that stay, or are to be. */
  keeps: readonly string[];
  outcome:
    | { is: 'written'; message: string }
    | { is: 'writing'; message: string }
    | { is: 'waiting'; message: string }
    | { is: 'failed'; fault: Fault }
    | { is: 'unread'; fault: Fault };
  changeNumber?: string;
  /** Keys of the picture that it was decided by, and that tell when it changes. */
  restsOn: readonly string[];
  watch?: readonly string[];
}

export interface Decided {
  parts: readonly DecidedPart[];
  /** What was written once and is wanted no more. */
  removals: readonly PlannedCall[];
}

export const exportsOf = once((seen: Seen): Decided => {
  const parts: DecidedPart[] = [];
  for (const name of exportNames(seen.object)) {
    const used = new Set(parts.flatMap(({ keeps }) => keeps));
    parts.push(decidePart(seen, name, used));
  }
  const keeps = new Set(parts.flatMap((part) => part.keeps));
  const left = owned(seen).filter((map) => !keeps.has(map.name));
  const restsOn = [...new Set(parts.flatMap((part) => part.restsOn))];
  // What replaces it comes first, and may be refused: until it is there, what was written stays.
  const [write] = parts.flatMap(({ planned }) => planned.filter(({ waitsFor }) => waitsFor === undefined));
  const waits =
    write === undefined ? {} : { waitsFor: `the writing of ConfigMap ${nameOf(write.action.id)}` };
  return { parts, removals: left.map((map) => ({ ...removal(seen, map, restsOn), ...waits })) };
});

function owned({ exports }: Seen): SeenMap[] {
  return [...exports.maps.values()].flatMap((known) =>
    known.is === 'there' && known.value.owned ? [known.value] : [],
  );
}

/** Ours that hold this part now. */
export function held(seen: Seen, name: ExportName): SeenMap[] {
  const written = seen.object.status?.exports?.find((entry) => entry.name === name)?.configMapNames ?? [];
  return owned(seen).filter((map) => map.part === name || written.includes(map.name));
}

function contentOf(seen: Seen, name: ExportName, exported: ReadonlySet<string>): Content | undefined {
  const { dns } = seen.object.spec.exports ?? {};
  if (name === 'firewall') return firewallContent(seen);
  return dns && dnsContent(seen, dns, exported);
}

function decidePart(seen: Seen, name: ExportName, used: ReadonlySet<string>): DecidedPart {
  const before = held(seen, name);
  const stay = { name, planned: [], keeps: before.map((map) => map.name), restsOn: [] };
  const content = contentOf(seen, name, new Set(before.flatMap(({ endpoints }) => endpoints)));
  if (content === undefined)
    return { ...stay, outcome: { is: 'waiting', message: `${name} is waited for.` } };
  if (content.is === 'unread') return { ...stay, outcome: content };
  if (content.files.length === 0) return nothingYet(seen, name, content);
  const base = configMapNameOf(seen.object, name);
  const { parts } = dataOf(content.files);
  if (parts === undefined) return { ...stay, outcome: { is: 'failed', fault: tooLarge(name) } };
  const { annotations } = content;
  const wanted = parts.map((data, index): WantedMap => ({
    name: partName(base, index),
    part: name,
    annotations,
    data,
  }));
  const taken = wanted.find((map) => used.has(map.name) || isForeign(knownOf(seen, map.name)));
  if (taken !== undefined) {
    const watch = [configMapId(seen.object.metadata.namespace ?? '', taken.name)];
    return {
      ...stay,
      watch,
      outcome: { is: 'failed', fault: nameTaken(seen.object.metadata, name, taken.name) },
    };
  }
  const [unread] = wanted.flatMap((map) => {
    const known = knownOf(seen, map.name);
    return known?.is === 'unknown' ? [known.fault] : [];
  });
  if (unread !== undefined) return { ...stay, outcome: { is: 'unread', fault: unread } };
  const planned = wanted.flatMap((map) => writing(seen, map, content));
  return {
    name,
    planned,
    keeps: wanted.map((map) => map.name),
    restsOn: content.restsOn,
    outcome: outcomeOf(base, content, planned),
    ...(content.changeNumber === undefined ? {} : { changeNumber: content.changeNumber }),
  };
}

const dataOf = once((files: readonly ExportedFile[]) => ({ parts: partsOf(files) }));

type Whole = Extract<Content, { is: 'content' }>;

function outcomeOf(base: string, content: Whole, planned: readonly PlannedCall[]): DecidedPart['outcome'] {
  const [first] = planned;
  if (first !== undefined) return { is: 'writing', message: `Writing ConfigMap ${base}.` };
  const [trouble] = content.faults;
  if (trouble !== undefined) return { is: 'failed', fault: trouble };
  const told = [`${base} has ${content.told}.`, ...content.notes].join(' ');
  if (content.waits.length === 0) return { is: 'written', message: told };
  return { is: 'waiting', message: `${told} It waits for ${content.waits.join('; ')}.` };
}

/** Nothing may be exported: what was goes, and the plan says what the first write waits for. */
function nothingYet(seen: Seen, name: ExportName, { waits, restsOn }: Whole): DecidedPart {
  const base = configMapNameOf(seen.object, name);
  const message = `${base} waits for ${waits.join('; ')}.`;
  const wanted: WantedMap = { name: base, part: name, annotations: {}, data: {} };
  const planned = [{ ...write(seen, wanted, 'writing'), waitsFor: waits[0]?.split(',')[0] ?? '' }];
  return { name, planned, keeps: [], restsOn, outcome: { is: 'waiting', message } };
}

function writing(seen: Seen, map: WantedMap, { restsOn }: Whole): PlannedCall[] {
  const known = knownOf(seen, map.name);
  const seenNow = known?.is === 'there' ? known.value : undefined;
  if (seenNow?.digest === digestOf(map)) return [];
  const planned = write(seen, map, seenNow === undefined ? 'writing' : 'updating');
  return [{ ...planned, event: 'ExportWritten', restsOn: [...restsOn] }];
}

function write(seen: Seen, map: WantedMap, how: 'writing' | 'updating'): PlannedCall {
  const { namespace = '' } = seen.object.metadata;
  const digest = digestOf(map);
  const becomes = {
    name: map.name,
    owned: true,
    part: map.part,
    digest,
    endpoints: endpointsIn(map.annotations),
  };
  return {
    action: {
      call: 'writeConfigMap',
      verb: 'PUT',
      id: configMapId(namespace, map.name),
      namespace,
      name: map.name,
      owner: ownerReference(seen.object),
      digest,
      wanted: () => map,
      becomes,
    },
    because: `${how} ConfigMap ${map.name} of exports.${map.part}`,
  };
}

function removal(seen: Seen, { name, part }: SeenMap, restsOn: readonly string[]): PlannedCall {
  const { namespace = '' } = seen.object.metadata;
  return {
    action: {
      call: 'deleteConfigMap',
      verb: 'DELETE',
      id: configMapId(namespace, name),
      namespace,
      name,
      owner: ownerReference(seen.object),
    },
    because: `removing ConfigMap ${name}, which exports.${part} no longer has`,
    event: 'ExportWritten',
    restsOn,
  };
}

function knownOf({ exports, object }: Seen, name: string): Known<SeenMap> | undefined {
  return exports.maps.get(configMapId(object.metadata.namespace ?? '', name));
}

function isForeign(known: Known<SeenMap> | undefined): boolean {
  return known?.is === 'there' && !known.value.owned;
}

function tooLarge(part: ExportName): Fault {
  const less = part === 'dns' ? 'formats or privateEndpoints' : 'serviceTags or ipFamilies';
  return fault(
    'TooLarge',
    `exports.${part} does not fit into 20 ConfigMaps. Ask for fewer ${less}; what was written before stays.`,
  );
}

/** A name that is taken may be free soon: that of an object that was replaced goes by itself. */
export function exportsAgainMs(seen: Seen): number | undefined {
  const isTaken = exportsOf(seen).parts.some(
    ({ outcome }) => outcome.is === 'failed' && outcome.fault.reason === 'ExportNameTaken',
  );
  return isTaken && !seen.deleting ? 60_000 : undefined;
}
