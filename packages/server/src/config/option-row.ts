import { defaultValue } from './default-value.ts'
import type { DefaultValue } from './default-value.ts'
import type { Parse } from './parse.ts'

/** One setting: its variable, parser, default and meaning. */
export interface OptionRow<T> {
  readonly variable: Variable
  readonly parse: Parse<T>
  readonly otherwise: DefaultValue
  readonly sentence: string
}

type Variable = `KEYHAVEN_${string}`

/** How a setting is read, and what it means. */
interface Meaning<T> {
  readonly parse: Parse<T>
  readonly sentence: string
}

/** A setting that always has a value. */
export function row<T>(
  variable: Variable,
  otherwise: string | DefaultValue,
  meaning: Meaning<T>,
): OptionRow<T> {
  const value = typeof otherwise === 'string' ? defaultValue(otherwise) : otherwise
  return { variable, otherwise: value, ...meaning }
}

/** A setting that may have no value. */
export function optionalRow<T>(
  variable: Variable,
  otherwise: DefaultValue,
  meaning: Meaning<T>,
): OptionRow<T | undefined> {
  return { variable, otherwise, ...meaning }
}

/** A setting with members: the object itself in a file or in code, or the path of what has it. */
export interface StructureRow<T> {
  readonly variable: Variable
  readonly otherwise: DefaultValue
  readonly sentence: string
  /** Reads and checks the object, or what the path names; relative to a folder. */
  readonly load: (value: unknown, folder: string) => Promise<T>
}

/** A setting with members. */
export function structureRow<T>(
  variable: Variable,
  otherwise: DefaultValue,
  meaning: Pick<StructureRow<T>, 'load' | 'sentence'>,
): StructureRow<T> {
  return { variable, otherwise, ...meaning }
}
