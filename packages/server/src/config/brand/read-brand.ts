import { dirname, resolve } from 'node:path'
import { ConfigurationError, whyOf } from '../configuration-error.ts'
import { isOneLine } from '../is-one-line.ts'
import { nearest } from '../nearest.ts'
import type { Brand } from './brand.ts'
import { brandTokens, faintColours } from './colours.ts'
import type { BrandColours } from './colours.ts'
import { lookTokens } from './look-tokens.ts'
import { readLogo } from './logo.ts'
import { oklchOfHex } from './oklch.ts'
import { smallFile } from './small-file.ts'

/** Most characters of a name: it is a title, and stands beside the logo. */
const LONGEST_NAME = 80

/** Bytes of a brand file, which names its logo and does not contain it. */
const LARGEST_FILE = 65_536

const MEMBERS = ['name', 'logo', 'colours']
const COLOURS = ['accent', 'accentDark', 'onAccent', 'onAccentDark']

/** A brand as it is written, what names it in messages, and the folder of its logo. */
interface Written {
  readonly given: unknown
  readonly place: string
  readonly folder: string
}

/**
 * The brand itself, or that of a JSON file at a path.
 * @throws ConfigurationError.
 */
export async function readBrand(value: unknown, folder: string): Promise<Brand> {
  const written =
    typeof value === 'string'
      ? await brandFile(resolve(folder, value))
      : { given: value, place: 'brand', folder }
  const { name, logo, colours } = objectOf(written.given, written.place, MEMBERS)
  const checked = colours === undefined ? undefined : coloursOf(colours, written.place)
  const tokens = checked === undefined ? new Map<string, string>() : brandTokens(checked)
  const properties = [...tokens].map(([token, colour]) => `--${token}:${colour}`)
  return Object.freeze({
    name: nameOf(name, written.place),
    logo: logo === undefined ? undefined : await logoOf(logo, written),
    accents: checked && accentsOf(tokens.get('kh-accent') ?? ''),
    css: properties.length === 0 ? '' : `:root{${properties.join(';')}}\n`,
    warnings: checked === undefined ? [] : faintColours(checked, tokens, lookTokens()),
  })
}

async function brandFile(path: string): Promise<Written> {
  const text = await textOf(path)
  try {
    const given: unknown = JSON.parse(text.replace(/^\uFEFF/, ''))
    return { given, place: path, folder: dirname(path) }
  } catch (cause) {
    throw new ConfigurationError(
      `The brand file ${path} is not valid JSON: check its quotes, commas and brackets.`,
      { cause },
    )
  }
}

async function textOf(path: string): Promise<string> {
  try {
    const bytes = await smallFile(path, LARGEST_FILE)
    if (bytes === undefined) throw new Error(`it has more than ${LARGEST_FILE} bytes`)
    return bytes.toString('utf8')
  } catch (cause) {
    throw new ConfigurationError(
      `The brand file ${path} can’t be read (${whyOf(cause)}): set KEYHAVEN_BRAND to the path of a JSON file that this user may read.`,
      { cause },
    )
  }
}

function objectOf(
  value: unknown,
  place: string,
  members: readonly string[],
): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ConfigurationError(`${place} must be an object with ${members.join(', ')}.`)
  }
  const wrong = Object.keys(value).find((name) => !members.includes(name))
  if (wrong === undefined) return value as Readonly<Record<string, unknown>>
  const near = nearest(wrong, members)
  const remedy = near === undefined ? `use ${members.join(', ')}` : `write ${near}, or remove it`
  throw new ConfigurationError(
    `${place} has ${quoted(wrong)}, which is not a member of a brand: ${remedy}.`,
  )
}

function nameOf(name: unknown, place: string): string {
  const text = typeof name === 'string' ? name.trim() : ''
  if (text === '') {
    throw new ConfigurationError(`${place} has no name: set name to what users call your product.`)
  }
  if (text.length > LONGEST_NAME) {
    throw new ConfigurationError(
      `The name in ${place} is longer than ${LONGEST_NAME} characters: shorten it.`,
    )
  }
  if (isOneLine(text)) return text
  throw new ConfigurationError(
    `The name in ${place} has a control character, a line break or a change of direction: remove it.`,
  )
}

async function logoOf(logo: unknown, { place, folder }: Written): Promise<Brand['logo']> {
  if (typeof logo === 'string' && logo !== '') {
    return Object.freeze(await readLogo(resolve(folder, logo), place))
  }
  throw new ConfigurationError(
    `The logo in ${place} must be the path of an SVG or a PNG, relative to the brand file.`,
  )
}

function coloursOf(value: unknown, place: string): BrandColours {
  const colours = objectOf(value, `colours in ${place}`, COLOURS)
  const wrong = Object.entries(colours).find(([, one]) => !isHex(one))
  if (wrong !== undefined) {
    const [name, colour] = wrong
    throw new ConfigurationError(
      `colours.${name} in ${place} is ${quoted(colour)}, which is no hex colour: write it as #rrggbb, such as #0c6b63.`,
    )
  }
  const [accent, accentDark, onAccent, onAccentDark] = COLOURS.map((name) => colours[name]).map(
    (one) => (isHex(one) ? one : undefined),
  )
  if (accent === undefined) {
    throw new ConfigurationError(
      `colours in ${place} has no accent: set accent to the colour of your buttons, such as #0c6b63.`,
    )
  }
  return { accent, accentDark, onAccent, onAccentDark }
}

function isHex(value: unknown): value is string {
  return typeof value === 'string' && oklchOfHex(value) !== undefined
}

/** A value in a sentence: in one line, and short. */
function quoted(value: unknown): string {
  return String(JSON.stringify(value)).slice(0, 60)
}

function accentsOf(value: string): Brand['accents'] {
  const [light = '', dark = ''] = value.match(/oklch\([^)]*\)/g) ?? []
  return { light, dark }
}
