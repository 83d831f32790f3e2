import type { AccountWords } from './texts/en/account.ts'
import type { KitWords } from './texts/en/kit.ts'
import type { EntryWords } from './texts/en/entry.ts'
import type { FactorsWords } from './texts/en/factors.ts'
import type { RecoveryWords } from './texts/en/recovery.ts'

/** All words of the elements, in groups that are loaded with the forms that use them. */
export interface Words {
  readonly kit: KitWords
  readonly entry: EntryWords
  readonly recovery: RecoveryWords
  readonly factors: FactorsWords
  readonly account: AccountWords
}

/** A group of words. */
export type Group = keyof Words

/** A part of the words: those that an application replaces. */
export type OwnWords = Part<Words>

type Part<T> = T extends (...values: never[]) => unknown
  ? T
  : T extends object
    ? { readonly [K in keyof T]?: Part<T[K]> }
    : T

/** The languages of the words. */
export type Language = 'en' | 'de'

type Loaders = { readonly [G in Group]: () => Promise<Readonly<Record<G, Words[G]>>> }

const loaders: Readonly<Record<Language, Loaders>> = {
  en: {
    kit: () => import('./texts/en/kit.ts'),
    entry: () => import('./texts/en/entry.ts'),
    recovery: () => import('./texts/en/recovery.ts'),
    factors: () => import('./texts/en/factors.ts'),
    account: () => import('./texts/en/account.ts'),
  },
  de: {
    kit: () => import('./texts/de/kit.ts'),
    entry: () => import('./texts/de/entry.ts'),
    recovery: () => import('./texts/de/recovery.ts'),
    factors: () => import('./texts/de/factors.ts'),
    account: () => import('./texts/de/account.ts'),
  },
}

let ofPage: OwnWords = {}

/**
 * Replaces words in all elements of the page that are shown from then on: a group such as `entry`, in it the words of a
 * form, such as `{ entry: { signIn: { title: 'Welcome back' } } }`.
 */
export function setWords(words: OwnWords): void {
  ofPage = merged(ofPage, words)
}

/**
 * The words of these groups, in which the page's own words replace ours, and `own` both. The type has all groups,
 * because each view names those that it uses.
 */
export async function loadWords(
  language: Language,
  groups: readonly Group[],
  own: OwnWords = {},
): Promise<Words> {
  const loaded = await Promise.all(groups.map((group) => loaders[language][group]()))
  const words = Object.assign({}, ...loaded.map((one) => ({ ...one }))) as Words
  return merged(merged(words, ofPage), own) as Words
}

/** The language of a node: that of the nearest `lang`, or else the first of the browser's that there is. */
export function languageOf(node: Element): Language {
  const declared = node.closest<HTMLElement>('[lang]')?.lang
  const wanted = declared ? [declared] : navigator.languages
  const found = wanted.map((one) => one.slice(0, 2).toLowerCase()).find((one) => one in loaders)
  return (found ?? 'en') as Language
}

/** Both objects in one. In each the members of the second win, and `undefined` replaces nothing. */
function merged(first: object, second: object): object {
  const all: Record<string, unknown> = { ...first }
  for (const [key, value] of Object.entries(second) as [string, unknown][]) {
    const former = all[key]
    if (value !== undefined)
      all[key] = isGroup(former) && isGroup(value) ? merged(former, value) : value
  }
  return all
}

function isGroup(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
