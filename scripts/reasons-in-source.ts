/** Finds the reasons that source text gives to conditions, servers and events. Pure; for the runbook's test. */
export interface Use {
  reason: string;
  /** The function that takes it (`stalled`, `waiting`, `event` …), or `reason` for a property or variable of that name. */
  taker: string;
  /** The text of all its arguments. */
  text: string;
}

/** Functions that take a reason among their arguments, wherever it stands. */
const takers =
  /\b(stalled|waiting|transient|working|ready|blocked|refuse|tell|newlyFor|event|AzureError|OperatorError)\(/g;

/** `reason: …`, `reason = …` and `[reason, text] = …`, up to where the expression ends. */
const named = /\breason(?:\?\?| \?\?|:|, \w+\] =| =(?!=))\s*([^;{}]*?)(?=[;{}]|, [a-z]\w*[,:)]|$)/g;

const word = /'([A-Z][a-z]+(?:[A-Z][A-Za-z]*)*)'/g;

/** Words of other vocabularies that stand beside a reason. */
const others = new Set(['Normal', 'Warning']);

export function reasonsIn(source: string): Use[] {
  const text = source.replaceAll(/^\s*(\/\/|\*|\/\*).*$/gm, '').replaceAll(/\s+/g, ' ');
  const calls = [...text.matchAll(takers)].flatMap((match) => {
    const all = argumentsAt(text, match.index + match[0].length);
    return wordsIn(topLevel(all)).map((reason) => ({ reason, taker: match[1] ?? '', text: all }));
  });
  const properties = [...text.matchAll(named)].flatMap(([whole, expression = '']) =>
    wordsIn(expression).map((reason) => ({ reason, taker: 'reason', text: whole })),
  );
  return [...calls, ...properties].filter(({ reason }) => !others.has(reason));
}

function wordsIn(text: string): string[] {
  // What something is compared with is not given to anybody, and of a pair the second is no reason.
  const given = text.replaceAll(/[!=]== '\w+'/g, '').replaceAll(/, '\w+'\]/g, ']');
  return [...given.matchAll(word)].map(([, found = '']) => found);
}

/** From behind the opening parenthesis to the one that closes it. */
function argumentsAt(text: string, from: number): string {
  let depth = 1;
  let at = from;
  for (; at < text.length && depth > 0; at += 1) {
    if (text[at] === '(') depth += 1;
    if (text[at] === ')') depth -= 1;
  }
  return text.slice(from, at - 1);
}

/** Without templates and what stands in inner parentheses: those belong to other calls. */
function topLevel(text: string): string {
  let plain = text.replaceAll(/`[^`]*`/g, '``');
  for (let before = ''; before !== plain;) {
    before = plain;
    plain = plain.replaceAll(/\([^()]*\)/g, '');
  }
  return plain;
}
