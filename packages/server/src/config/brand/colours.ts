import { contrastOf, faintPairs } from './contrast.ts'
import type { FaintPair, Scheme, Tokens } from './contrast.ts'
import { oklchOfHex, oklchText, withinSrgb } from './oklch.ts'
import type { Oklch } from './oklch.ts'

/** The colours of a brand file, as hex. Those that are left out are derived from the accent. */
export interface BrandColours {
  readonly accent: string
  readonly accentDark: string | undefined
  readonly onAccent: string | undefined
  readonly onAccentDark: string | undefined
}

/** Text on the accent: paper or ink of the same hue, else white or black, one of which is always readable. */
const inks = (hue: number): readonly Oklch[] => [
  { lightness: 0.995, chroma: 0.002, hue },
  { lightness: 0.2, chroma: 0.03, hue },
  { lightness: 1, chroma: 0, hue: 0 },
  { lightness: 0, chroma: 0, hue: 0 },
]

const READABLE = 4.5

/** The custom properties that a brand replaces in the look, by their names. */
export function brandTokens(colours: BrandColours): Tokens {
  const accent = colourOf(colours.accent)
  // A dark page needs a lighter accent
  const dark = colours.accentDark ? colourOf(colours.accentDark) : lighterThan(accent, 0.77)
  const light = schemeOf(accent, colours.onAccent, 'light')
  const night = schemeOf(dark, colours.onAccentDark, 'dark')
  return new Map(
    Object.entries(light).map(([name, colour]) => [
      name,
      `light-dark(${oklchText(colour)}, ${oklchText(night[name as TokenName])})`,
    ]),
  )
}

type TokenName = keyof ReturnType<typeof schemeOf>

/** The tokens of one scheme. Only the accent and the text on it are used as they are given. */
function schemeOf(accent: Oklch, onAccent: string | undefined, scheme: Scheme) {
  const on = onAccent ? colourOf(onAccent) : readableInk(accent)
  const isLight = scheme === 'light'
  // Away from the text on it, so that the text stays as readable
  const step = on.lightness > accent.lightness ? -0.05 : 0.05
  const soft = isLight ? { lightness: 0.95, most: 0.025 } : { lightness: 0.27, most: 0.035 }
  return {
    'kh-accent': accent,
    'kh-accent-hover': at(accent, Math.min(1, Math.max(0, accent.lightness + step))),
    'kh-on-accent': on,
    'kh-accent-text': isLight ? darkerThan(accent, 0.47) : lighterThan(accent, 0.8),
    'kh-accent-soft': withinSrgb({
      lightness: soft.lightness,
      chroma: Math.min(accent.chroma, soft.most),
      hue: accent.hue,
    }),
    'kh-focus': isLight ? darkerThan(accent, 0.55) : lighterThan(accent, 0.76),
  }
}

function readableInk(accent: Oklch): Oklch {
  const [first, ...others] = inks(accent.hue)
  return [first, ...others].find((ink) => ink && contrast(ink, accent) >= READABLE) ?? accent
}

function contrast(over: Oklch, under: Oklch): number {
  const tokens = new Map([
    ['over', oklchText(over)],
    ['under', oklchText(under)],
  ])
  return contrastOf(tokens, { over: 'over', under: 'under' }, 'light')
}

function darkerThan(colour: Oklch, most: number): Oklch {
  return at(colour, Math.min(colour.lightness, most))
}

function lighterThan(colour: Oklch, least: number): Oklch {
  return at(colour, Math.max(colour.lightness, least))
}

function at(colour: Oklch, lightness: number): Oklch {
  return withinSrgb({ ...colour, lightness })
}

function colourOf(hex: string): Oklch {
  const colour = oklchOfHex(hex)
  if (colour === undefined) throw new Error(`${hex} was checked before`)
  return colour
}

/** The sentences about colours that can't be seen or read with the look, one for each colour of the file. */
export function faintColours(colours: BrandColours, tokens: Tokens, look: Tokens): string[] {
  const worst = new Map<string, FaintPair>()
  for (const pair of faintPairs(new Map([...look, ...tokens]))) {
    if (!tokens.has(pair.over) && !tokens.has(pair.under)) continue
    const key = `${pair.over} ${pair.scheme}`
    if (pair.found < (worst.get(key)?.found ?? Infinity)) worst.set(key, pair)
  }
  return [...worst.values()].map((pair) => sentenceOf(pair, colours))
}

function sentenceOf({ over, scheme, found, least }: FaintPair, colours: BrandColours): string {
  const [given, accent, other] =
    scheme === 'light'
      ? (['onAccent', 'accent', 'darker'] as const)
      : (['onAccentDark', 'accentDark', 'lighter'] as const)
  const ratio = `a contrast of ${Math.floor(found * 100) / 100}:1`
  if (over === 'kh-on-accent') {
    return `the text ${colours[given]} of KEYHAVEN_BRAND has ${ratio} on the accent in ${scheme} pages, and text needs ${least}:1: change colours.${given}, or leave it out`
  }
  const colour = colours[accent] ?? colours.accent
  return `the accent ${colour} of KEYHAVEN_BRAND has ${ratio} with the ${scheme} page, and a button needs ${least}:1: set colours.${accent} to a ${other} colour`
}
