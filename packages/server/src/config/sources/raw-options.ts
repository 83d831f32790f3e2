import { existsSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ConfigurationError, whyOf } from '../configuration-error.ts'
import { checkSecretFile } from '../file-modes.ts'
import { nearest } from '../nearest.ts'
import { options } from '../options.ts'
import type { OptionName } from '../options.ts'
import { isPlatformVariable } from './platform-variables.ts'

/** Settings by option name, as text or ready values, not yet parsed. */
export type RawOptions = Readonly<Partial<Record<OptionName, unknown>>>

const FILES = ['keyhaven.config.ts', 'keyhaven.config.js', 'keyhaven.config.json']

/** The name of a configuration file, and its settings. */
export interface FileOptions {
  readonly name: string
  readonly values: RawOptions
}

/** The settings of the configuration file in a folder; none without a file. */
export async function fileOptions(folder: string): Promise<FileOptions> {
  const [name, second] = FILES.filter((one) => existsSync(join(folder, one)))
  if (name === undefined) return { name: '', values: {} }
  if (second !== undefined) {
    throw new ConfigurationError(`There are ${name} and ${second} in ${folder}: keep one of them.`)
  }
  const path = join(folder, name)
  try {
    const value: unknown = name.endsWith('.json')
      ? parseJson(await readFile(path, 'utf8'), path)
      : ((await import(pathToFileURL(path).href)) as { default?: unknown }).default
    const known = knownOptions(value, path)
    if (known.masterKey !== undefined) checkSecretFile(`${path} (with a masterKey)`, statSync(path))
    return { name, values: known }
  } catch (cause) {
    if (cause instanceof ConfigurationError) throw cause
    throw new ConfigurationError(
      `${path} can’t be read (${whyOf(cause)}): correct it, or let this user read it.`,
      { cause },
    )
  }
}

/** The parser's own message would quote the file, which may contain the master key. */
function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new ConfigurationError(
      `${path} is not valid JSON: check its quotes, commas and brackets.`,
    )
  }
}

/**
 * The settings of environment variables. Refuses an unknown `KEYHAVEN_…` as a typing mistake and an
 * empty one as a lost value; ignores variables that the platform injects.
 */
export function variableOptions(
  environment: Readonly<Record<string, string | undefined>>,
): RawOptions {
  const names = new Map<string, OptionName>()
  for (const name of Object.keys(options) as OptionName[]) names.set(options[name].variable, name)
  const found: Partial<Record<OptionName, unknown>> = {}
  for (const [variable, value] of Object.entries(environment)) {
    if (!variable.startsWith('KEYHAVEN_') || value === undefined) continue
    if (isPlatformVariable(variable, value)) continue
    const name = names.get(variable)
    if (name === undefined) {
      throw new ConfigurationError(
        `${variable} is not a setting: ${remedy(variable, names.keys())}`,
      )
    }
    const text = value.trim()
    if (text === '') {
      throw new ConfigurationError(
        `${variable} (${name}) must not be empty: give it a value, or remove the variable.`,
      )
    }
    found[name] = text
  }
  return found
}

/** What to do about a name that is not a setting. */
function remedy(name: string, names: Iterable<string>): string {
  const near = nearest(
    name.replace(PREFIX, ''),
    [...names].map((one) => one.replace(PREFIX, '')),
  )
  if (near === undefined) return 'remove it; `keyhaven start --help` lists the settings.'
  return `write ${PREFIX.exec(name)?.[0] ?? ''}${near}, or remove it.`
}

const PREFIX = /^KEYHAVEN_/

/** Refuses members that are not settings; a member that is `undefined` overrides nothing. */
export function knownOptions(value: unknown, place: string): RawOptions {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ConfigurationError(`${place} must hold an object with settings.`)
  }
  for (const name of Object.keys(value)) {
    if (Object.hasOwn(options, name)) continue
    throw new ConfigurationError(
      `${place} has '${name}', which is not a setting: ${remedy(name, Object.keys(options))}`,
    )
  }
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined))
}
