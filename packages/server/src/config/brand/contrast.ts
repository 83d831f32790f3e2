import { linearOf, readOklch } from './oklch.ts'

// Contrast of the look (WCAG 2.2, 1.4.3 and 1.4.11): every text colour on every surface that it may meet, in light
// and in dark.

/** Which of the two looks of a page is meant. */
export type Scheme = 'light' | 'dark'

/** A value that is no opaque `oklch()`. */
export class UnreadableColour extends Error {
  constructor(colour: string) {
    super(
      `The colour ${colour} can’t be read: write it as oklch(0.5 0.1 185), without % and alpha, or as light-dark(oklch(…), oklch(…)).`,
    )
  }
}

/** Custom properties of a stylesheet by name, without the leading dashes. */
export type Tokens = ReadonlyMap<string, string>

/** Two colours that meet, and how different they must be. */
export interface Pair {
  readonly over: string
  readonly under: string
  readonly least: number
}

/** A pair that is below its limit in one scheme. */
export interface FaintPair extends Pair {
  readonly scheme: Scheme
  readonly found: number
}

const surfaces = ['kh-page', 'kh-surface', 'kh-sunken', 'kh-raised']

/** The custom properties that a stylesheet declares. */
export function tokensIn(css: string): Tokens {
  const code = css.replaceAll(/\/\*[\s\S]*?\*\//g, '')
  const declarations = code.matchAll(/--([\w-]+)\s*:\s*([^;}]+)[;}]/g)
  return new Map([...declarations].map(([, name = '', value = '']) => [name, value.trim()]))
}

/** Every pair that the names allow. A screen can only use some of them. */
export function pairsOf(tokens: Tokens): readonly Pair[] {
  const names = [...tokens.keys()]
  const pairs: Pair[] = []
  const pair = (over: string, under: string, least: number): void => {
    if (tokens.has(over) && tokens.has(under)) pairs.push({ over, under, least })
  }
  for (const name of names) {
    const [, hue = ''] = /^kh-(\w+)-text$/.exec(name) ?? []
    const soft = names.filter((one) => one.endsWith('-soft') && one !== 'kh-text-soft')
    if (/^kh-text(-soft)?$/.test(name) || hue !== '') {
      const grounds = hue === '' ? [...surfaces, ...soft] : [...surfaces, `kh-${hue}-soft`]
      for (const ground of grounds) pair(name, ground, 4.5)
    }
    const [, solid = ''] = /^kh-on-(\w+)$/.exec(name) ?? []
    for (const ground of [`kh-${solid}`, `kh-${solid}-hover`]) pair(name, ground, 4.5)
    // A ring or a line must be seen beside what it surrounds, and a solid button on its surface
    if (/^kh-(field-line|focus)$/.test(name)) for (const ground of surfaces) pair(name, ground, 3)
    if (solid !== '') for (const ground of ['kh-page', 'kh-surface']) pair(`kh-${solid}`, ground, 3)
  }
  return pairs
}

/** WCAG's contrast of two tokens, 1 to 21. */
export function contrastOf(
  tokens: Tokens,
  { over, under }: Pick<Pair, 'over' | 'under'>,
  scheme: Scheme,
): number {
  const [one, other] = [over, under].map((name) =>
    luminance(resolve(tokens, `var(--${name})`, scheme)),
  ) as [number, number]
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)
}

/** What is below its limit. */
export function faintPairs(tokens: Tokens): readonly FaintPair[] {
  return (['light', 'dark'] as const).flatMap((scheme) =>
    pairsOf(tokens)
      .map((pair) => ({ ...pair, scheme, found: contrastOf(tokens, pair, scheme) }))
      .filter(({ found, least }) => !(found >= least)),
  )
}

/** The `oklch(…)` that a value comes to. */
function resolve(tokens: Tokens, value: string, scheme: Scheme): string {
  const [, name] = /^var\(--([\w-]+)\)$/.exec(value) ?? []
  if (name !== undefined) return resolve(tokens, tokens.get(name) ?? `--${name}`, scheme)
  if (!value.startsWith('light-dark(')) return value
  const inner = value.slice('light-dark('.length, -1)
  let depth = 0
  const comma = inner.split('').findIndex((sign) => {
    if (sign === '(') depth += 1
    if (sign === ')') depth -= 1
    return sign === ',' && depth === 0
  })
  const half = scheme === 'light' ? inner.slice(0, comma) : inner.slice(comma + 1)
  return resolve(tokens, half.trim(), scheme)
}

/** Relative luminance of an opaque `oklch()`. */
function luminance(text: string): number {
  const colour = readOklch(text)
  if (colour === undefined) throw new UnreadableColour(text)
  const [red, green, blue] = linearOf(colour)
  const shown = (part: number): number => Math.min(1, Math.max(0, part))
  return 0.2126 * shown(red) + 0.7152 * shown(green) + 0.0722 * shown(blue)
}
