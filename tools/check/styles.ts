import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { tokensIn } from '@keyhaven/server/contrast'
import type { Tokens } from '@keyhaven/server/contrast'
import { screenFiles, strayColours, tokensFile } from '../contrast.ts'
import { root } from '../root.ts'
import { enforce } from '../sources.ts'
import type { Rule } from '../sources.ts'

/** Properties with one scale each, and the tokens of that scale. */
const scales: readonly (readonly [property: RegExp, token: RegExp])[] = [
  [/^font-size$/, /^kh-size-/],
  [/^font-weight$/, /^kh-weight-/],
  [/^line-height$/, /^kh-leading/],
  [/^font$/, /^kh-(size|weight|leading|font)/],
  [/^font-family$/, /^kh-font/],
  [/^(margin|padding)(-|$)|^((row|column)-)?gap$/, /^kh-space-/],
  [/^border(-\w+)*-radius$/, /^kh-radius-/],
]

/** Values that are on no scale: none, what the browser decides or inherits, and lines. */
const free = /^(0|-?[12]px|auto|none|normal|inherit|unset|revert)$/

interface Declaration {
  readonly line: number
  readonly property: string
  readonly value: string
}

/** One type scale, one scale of spaces, and colours by their role: screens take them from the tokens. */
export const screensUseTokens: Rule = (sources) => {
  const tokens = tokensIn(readFileSync(join(root, tokensFile), 'utf8'))
  const read = screenFiles.map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
  const planted = sources.filter(({ path }) => path.endsWith('.css'))
  return [...read, ...planted].flatMap(({ path, text }) =>
    declarationsIn(text).flatMap(({ line, property, value }) => {
      const declaration = `${property}: ${value}`
      const found = [...strays(property, value, tokens)]
      if (strayColours(`${declaration};`, tokens).length > 0) found.push('a colour of this role')
      return found.map((token) => `${path}:${line}: ${declaration} is no token; use ${token}`)
    }),
  )
}

function declarationsIn(css: string): readonly Declaration[] {
  const blank = (text: string): string => text.replaceAll(/[^\n]/g, ' ')
  const code = css.replaceAll(/\/\*[\s\S]*?\*\//g, blank).replaceAll(/"[^"\n]*"/g, '""')
  const found = code.matchAll(/(?<=[;{}]\s*)([a-z-]+)\s*:\s*([^;{}]+?)\s*(?=[;}])/g)
  return [...found].map(({ index, 1: property = '', 2: value = '' }) => ({
    line: code.slice(0, index).split('\n').length,
    property,
    value: value.replaceAll(/\s+/g, ' ').replace(/ ?!important$/, ''),
  }))
}

/** For each part of a value that is not on the property's scale: the token that is nearest to it there. */
function strays(property: string, value: string, tokens: Tokens): readonly string[] {
  const scale = scales.find(([name]) => name.test(property))?.[1]
  if (scale === undefined) return []
  const onScale = [...tokens].filter(([name]) => scale.test(name))
  const parts = value.replaceAll(/calc\(|-?\d+ \* (?=var)| [-+] /g, ' ').split(/[\s,/]+/)
  return parts
    .map((part) => part.replace(/^\(+|(?<!\(--[\w-]+)\)+$/g, ''))
    .filter((part) => part !== '' && !free.test(part))
    .filter((part) => !onScale.some(([name]) => part === `var(--${name})`))
    .map((part) => nearest(part, onScale))
}

function nearest(part: string, onScale: readonly (readonly [string, string])[]): string {
  const wanted = Math.abs(amountOf(part) || 0)
  const distance = ([, value]: readonly [string, string]): number =>
    Math.abs(wanted - (amountOf(value) || Infinity))
  const [first] = onScale.toSorted((one, other) => distance(one) - distance(other))
  return `var(--${first?.[0]})`
}

/** Pixels, or the number of a value without a unit; NaN if it has none. */
function amountOf(value: string): number {
  const [, number = 'NaN', unit] = /^(-?[\d.]+)(rem|em)?/.exec(value) ?? []
  return Number(number) * (unit === undefined ? 1 : 16)
}

if (import.meta.main) enforce(screensUseTokens)
