import { globSync, readFileSync } from 'node:fs'
import { faintPairs, pairsOf, tokensIn, UnreadableColour } from '@keyhaven/server/contrast'
import type { Tokens } from '@keyhaven/server/contrast'
import { root } from './root.ts'

// Contrast of the look (WCAG 2.2, 1.4.3 and 1.4.11): every text colour on every surface that it may meet,
// in light and in dark, and no colour in a stylesheet that is not a token. Run by hand it prints what is
// below its limit; further arguments are stylesheets of a brand, whose tokens replace ours.

export const tokensFile = 'packages/client/src/lib/elements/tokens.css'
/** Stylesheets of screens. They take every colour from the tokens. */
export const screenFiles: readonly string[] = globSync(
  '{packages/client/src/lib/elements,packages/pages/src,examples/*/src}/**/*.css',
  { cwd: root },
).filter((path) => path !== tokensFile)

/** What is below its limit, in words. */
export function faintColours(tokens: Tokens): string[] {
  return faintPairs(tokens).map(
    ({ scheme, over, under, least, found }) =>
      `${scheme}: ${over} on ${under} is ${found.toFixed(2)}, at least ${least} is needed`,
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
    faults.push(...faintColours(tokens))
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
