import type { Locale } from './locale.ts'

/** What a mail names of an API key. */
interface NamedKey {
  readonly id: string
  readonly name: string
}

/** Keys that a mail names at most. */
const MOST = 10

/** A list of API keys, as a mail names them: each with its name and its beginning. */
export function keysInWords(keys: readonly NamedKey[], locale: Locale): string {
  if (keys.length === 0) return words[locale].none
  const named = keys.slice(0, MOST).map(({ id, name }) => words[locale].named(name, id))
  const more = keys.length - named.length
  return [...named, ...(more > 0 ? [words[locale].more(more)] : [])].join(', ')
}

interface Words {
  readonly none: string
  readonly named: (name: string, id: string) => string
  readonly more: (count: number) => string
}

const words: Readonly<Record<Locale, Words>> = {
  en: {
    none: 'none',
    named: (name, id) => `“${name}” (${id}…)`,
    more: (count) => `and ${count} more`,
  },
  de: {
    none: 'keine',
    named: (name, id) => `„${name}“ (${id}…)`,
    more: (count) => `und ${count} weitere`,
  },
}
