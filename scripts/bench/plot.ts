/** A small chart as SVG: points and the line through them, over a logarithmic axis; readable on light and dark pages. */

export interface Panel {
  title: string;
  points: readonly Point[];
  /** The most that is good, as a step for each stretch of x. */
  limits: readonly { from: number; to: number; most: number }[];
}

export interface Point {
  x: number;
  y: number;
  label: string;
}

const panel = { width: 420, height: 280, left: 52, right: 20, top: 44, bottom: 40 };

/** The panels side by side; all share their axis of x, which goes over whole powers of ten. */
export function chart(xTitle: string, panels: readonly Panel[]): string {
  const xs = panels.flatMap(({ points }) => points.map(({ x }) => Math.log10(x)));
  const low = Math.floor(Math.min(...xs));
  const range = [low, Math.max(low + 1, Math.ceil(Math.max(...xs)))] as const;
  const drawn = panels.map((one, index) => draw(one, index * panel.width, range, xTitle));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${panels.length * panel.width} ${panel.height}" font-family="sans-serif" font-size="11">`,
    '<rect width="100%" height="100%" fill="#ffffff"/>',
    ...drawn.flat(),
    '</svg>',
    '',
  ].join('\n');
}

function draw(one: Panel, offset: number, range: readonly [number, number], xTitle: string): string[] {
  const highest = ceiling(Math.max(...one.points.map(({ y }) => y), ...one.limits.map(({ most }) => most)));
  const [low, high] = range;
  const right = panel.width - panel.right;
  const bottom = panel.height - panel.bottom;
  const x = (value: number): number =>
    round(offset + panel.left + ((Math.log10(value) - low) / (high - low)) * (right - panel.left));
  const y = (value: number): number => round(bottom - (value / highest) * (bottom - panel.top));
  const powers = Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index));
  const steps = [0, 0.25, 0.5, 0.75, 1].map((part) => part * highest);
  const line = [...one.points].sort((a, b) => a.x - b.x).map((point) => `${x(point.x)},${y(point.y)}`);
  return [
    text(offset + panel.left, 20, one.title, 'start', 'font-size="13" font-weight="bold"'),
    ...steps.flatMap((value) => [
      `<path d="M${offset + panel.left} ${y(value)}H${offset + right}" stroke="#dddddd"/>`,
      text(offset + panel.left - 6, y(value) + 4, short(value), 'end'),
    ]),
    ...powers.flatMap((value) => [
      `<path d="M${x(value)} ${panel.top}V${bottom}" stroke="#dddddd"/>`,
      text(x(value), bottom + 16, value.toLocaleString('en'), 'middle'),
    ]),
    text(offset + (panel.left + right) / 2, bottom + 32, xTitle, 'middle'),
    ...one.limits.map(
      ({ from, to, most }) =>
        `<path d="M${x(from)} ${y(most)}H${x(to)}" stroke="#c0392b" stroke-dasharray="5 4" fill="none"/>`,
    ),
    `<polyline points="${line.join(' ')}" stroke="#2c6fbb" stroke-width="2" fill="none"/>`,
    ...one.points.flatMap((point) => [
      `<circle cx="${x(point.x)}" cy="${y(point.y)}" r="3.5" fill="#2c6fbb"/>`,
      text(x(point.x), y(point.y) - 8, point.label, 'middle'),
    ]),
  ];
}

function text(x: number, y: number, words: string, anchor: string, more = ''): string {
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" fill="#333333"${more === '' ? '' : ` ${more}`}>${words}</text>`;
}

/** The next of 1, 2, 4 or 8 times a power of ten, so that quarters of it are round. */
function ceiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 4, 8].find((times) => value <= times * power) ?? 10);
}

function short(value: number): string {
  return String(Number(value.toFixed(3)));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
