import { options } from '../options.ts'
import type { OptionName } from '../options.ts'
import { fileOptions, knownOptions, variableOptions } from './raw-options.ts'
import type { RawOptions } from './raw-options.ts'
import { textOf } from '../parse.ts'

/** What the sources of settings say together. */
export interface GivenSettings {
  readonly raw: RawOptions
  /** A sentence for each setting that two sources set to different values. */
  readonly overridden: readonly string[]
}

interface Source {
  readonly values: RawOptions
  /** How a setting is named there. */
  readonly nameOf: (name: OptionName) => string
}

interface Places {
  readonly code: object
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly folder: string
}

/** Reads all sources; each overrides the one before: file, variables, code. */
export async function readSources({ code, environment, folder }: Places): Promise<GivenSettings> {
  const file = await fileOptions(folder)
  const sources: readonly Source[] = [
    { values: file.values, nameOf: (name) => `${name} in ${file.name}` },
    { values: variableOptions(environment), nameOf: (name) => options[name].variable },
    {
      values: knownOptions(code, 'The configuration in code'),
      nameOf: (name) => `${name} in code`,
    },
  ]
  return {
    raw: Object.assign({}, ...sources.map(({ values }) => values)) as RawOptions,
    overridden: (Object.keys(options) as OptionName[]).flatMap((name) => overridden(name, sources)),
  }
}

/** Names the sources, and no values: a value may be a secret. */
function overridden(name: OptionName, sources: readonly Source[]): readonly string[] {
  const setters = sources.filter(({ values }) => values[name] !== undefined)
  const wins = setters.at(-1)
  if (wins === undefined) return []
  const others = setters.filter(({ values }) => !isSame(values[name], wins.values[name]))
  if (others.length === 0) return []
  const names = others.map(({ nameOf }) => nameOf(name)).join(' and ')
  return [
    `${wins.nameOf(name)} counts, and ${names} ${others.length === 1 ? 'differs' : 'differ'} from it: remove what does not count`,
  ]
}

function isSame(one: unknown, other: unknown): boolean {
  return one === other || (isText(one) && isText(other) && textOf(one) === textOf(other))
}

/** Whether a value has the text that a variable would have. */
function isText(value: unknown): boolean {
  try {
    textOf(value)
    return true
  } catch {
    return false
  }
}
