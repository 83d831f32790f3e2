import { globSync, readFileSync } from 'node:fs'
import { root } from './root.ts'

// Contrast of the look (WCAG 2.2, 1.4.3 and 1.4.11): every text colour on every surface that it may meet,
// in light and in dark, and no colour in a stylesheet that is not a token. Run by hand it prints what is
// below its limit; further arguments are stylesheets of a brand, whose tokens replace ours.

export type Scheme = 'light' | 'dark'

/** A value that is no opaque `oklch()`. */
class UnreadableColour extends Error {
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

export const tokensFile = 'packages/client/src/lib/elements/tokens.css'
/** Stylesheets of screens. They take every colour from the tokens. */
export const screenFiles: readonly string[] = globSync(
  '{packages/client/src/lib/elements,packages/pages/src,examples/*/src}/**/*.css',
  { cwd: root },
).filter((path) => path !== tokensFile)

const surfaces = ['kh-page', 'kh-surface', 'kh-sunken', 'kh-raised']

export function tokensIn(css: string): Tokens {
  const declarations = withoutComments(css).matchAll(/--([\w-]+)\s*:\s*([^;}]+)[;}]/g)
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
export function contrastOf(tokens: Tokens, { over, under }: Pair, scheme: Scheme): number {
  const [one, other] = [over, under].map((name) =>
    luminance(resolve(tokens, `var(--${name})`, scheme)),
  ) as [number, number]
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)
}

/** What is below its limit, in words. */
export function faintPairs(tokens: Tokens): string[] {
  return (['light', 'dark'] as const).flatMap((scheme) =>
    pairsOf(tokens)
      .map((pair) => ({ ...pair, found: contrastOf(tokens, pair, scheme) }))
      .filter(({ found, least }) => !(found >= least))
      .map(
        ({ over, under, least, found }) =>
          `${scheme}: ${over} on ${under} is ${found.toFixed(2)}, at least ${least} is needed`,
      ),
  )
}

/** Declarations of a stylesheet whose colour is not a token in its own role. */
export function strayColours(css: string, tokens: Tokens): string[] {
  const roles = {
    color: /^kh-(text(-soft)?|\w+-text|on-\w+)$/,
    background:
      /^kh-(page|surface|sunken|raised|scrim|neutral-[3-6]|hairline|(accent|red)(-hover)?|\w+-soft)$/,
    border: /^kh-(hairline|field-line|focus|accent|\w+-text|radius-\w+)$/,
  }
  const faults: string[] = []
  for (const [line, property = '', value = ''] of withoutComments(css).matchAll(
    /(?<![\w-])([a-z][a-z-]*)\s*:\s*([^;{}]+)[;}]/g,
  )) {
    const isRaw =
      /#[\da-f]{3,8}\b|\b(rgba?|hsla?|hwb|lab|lch|oklab|oklch|color|color-mix)\(|\b(white|black|gr[ae]y|red|green|blue)\b(?!-)/i
    if (isRaw.test(value.replaceAll(/var\([^)]*\)|url\([^)]*\)/g, ''))) faults.push(line.trim())
    const role = /^(color|background|border)(-(color|left|right|top|bottom|block|inline).*)?$/.exec(
      property,
    )?.[1]
    for (const [, name = ''] of value.matchAll(/var\(--([\w-]+)/g)) {
      if (name.startsWith('kh-') && !tokens.has(name)) faults.push(`${line.trim()} (no such token)`)
      else if (role && !roles[role as keyof typeof roles].test(name)) faults.push(line.trim())
    }
  }
  return faults
}

function withoutComments(css: string): string {
  return css.replaceAll(/\/\*[\s\S]*?\*\//g, '')
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

/** Relative luminance of an opaque `oklch()`, by way of OKLab and linear sRGB. */
function luminance(colour: string): number {
  const numbers = /^oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)$/.exec(colour)
  if (numbers === null) throw new UnreadableColour(colour)
  const [lightness, chroma, hue] = numbers.slice(1).map(Number) as [number, number, number]
  const a = chroma * Math.cos((hue * Math.PI) / 180)
  const b = chroma * Math.sin((hue * Math.PI) / 180)
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  const red = 4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s
  const green = -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s
  const blue = -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s
  const shown = (part: number): number => Math.min(1, Math.max(0, part))
  return 0.2126 * shown(red) + 0.7152 * shown(green) + 0.0722 * shown(blue)
}

if (import.meta.main) {
  const brands = process.argv.slice(2)
  const read = (file: string): string => readFileSync(file, 'utf8')
  const ours = tokensIn(read(`${root}/${tokensFile}`))
  const tokens = new Map(ours)
  const faults: string[] = []
  try {
    for (const brand of brands) {
      const theirs = tokensIn(read(brand))
      if (![...theirs.keys()].some((name) => ours.has(name)))
        faults.push(`${brand} replaces no token: the names are in ${tokensFile}.`)
      for (const [name, value] of theirs) tokens.set(name, value)
    }
    faults.push(...faintPairs(tokens))
  } catch (error) {
    // A stylesheet that can’t be opened has a code
    if (!(error instanceof UnreadableColour) && !(error instanceof Error && 'code' in error))
      throw error
    faults.push(error.message)
  }
  for (const file of screenFiles) {
    for (const stray of strayColours(read(`${root}/${file}`), tokens))
      faults.push(`${file}: ${stray}`)
  }
  console.log(faults.join('\n') || `${2 * pairsOf(tokens).length} pairs are readable`)
  process.exitCode = faults.length === 0 ? 0 : 1
}
