import type { AuthError, Result } from '../../calls/results.ts'
import type { Pane } from '../kit/pane.ts'
import type { Tree } from '../kit/tree.ts'
import type { FormActs, Typed, View } from '../kit/view.ts'
import { sectionIn, unloaded } from './section.ts'
import type { Section } from './section.ts'

/** A form of a list that is loaded when it is opened. */
export interface Begun {
  readonly form: Tree
  readonly forms: Readonly<Record<string, FormActs>>
}

/** A section whose content is loaded. */
export interface List extends Section {
  /** Opens this form, or closes it. The button that begins it has the same name. */
  readonly begin: (name: string, begun: Begun) => void
  /** The form of this name, if it is opened. */
  readonly formOf: (name: string) => Tree | undefined
  /** An act has changed the list: closes its form, loads the list and says what was done. */
  readonly done: (said: string) => Promise<void>
}

/** What a list is loaded from. */
interface Source<T> {
  readonly read: () => Promise<Result<T>>
  /** The names of acts of other sections after which it is loaded again. */
  readonly after?: RegExp
}

/** Shows what was loaded, or that it could not be loaded. */
export async function listIn<T>(
  pane: Pane,
  { read, after }: Source<T>,
  view: (value: T, list: List) => View,
): Promise<void> {
  let value: T | undefined
  let problem: AuthError | undefined
  let begun: (Begun & { readonly name: string }) | undefined
  const load = async (): Promise<void> => {
    const result = await read()
    value = result.ok ? result : value
    problem = result.ok ? undefined : result.error
    section.draw()
  }
  const section = sectionIn(pane, () => {
    if (problem) return unloaded(pane, problem, load)
    if (value === undefined) return { body: [] }
    const shown = view(value, list)
    return begun ? { ...shown, forms: { ...shown.forms, ...begun.forms } } : shown
  })
  const list: List = Object.assign(section, {
    begin: (name: string, form: Begun) => {
      begun = { ...form, name }
      section.open(section.opened === name ? '' : name)
    },
    formOf: (name: string): Tree | undefined =>
      begun?.name === name && section.opened === name ? begun.form : undefined,
    done: async (said: string) => {
      if (section.opened !== '') section.open('')
      await load()
      section.say(said)
    },
  })
  const { host, signal } = pane
  host.addEventListener(
    'keyhaven-done',
    ({ detail }) => {
      if (after?.test(detail.what)) void load()
    },
    { signal },
  )
  await load()
}

/** Below the entries: these buttons, or in place of them the form that one of them began. */
export function adding(form: Tree | undefined, ...buttons: readonly Tree[]): Tree {
  return form ? ['div', { class: 'kh-opened' }, form] : ['div', { class: 'kh-adding' }, ...buttons]
}

/** Runs an act on an entry; once it is done the list shows it. */
export function changes(
  list: List,
  act: (typed: Typed) => Promise<Result>,
  said: (typed: Typed) => string,
): FormActs['send'] {
  return async (typed) => {
    const result = await act(typed)
    if (result.ok) await list.done(said(typed))
    return result
  }
}

/** Pages of a list that are read at most. */
const MOST = 20

/** All entries of a list that the service answers page by page. */
export async function allOf<T>(
  read: (
    cursor?: string,
  ) => Promise<Result<{ readonly items: readonly T[]; readonly next: string | null }>>,
): Promise<Result<{ readonly items: readonly T[] }>> {
  const items: T[] = []
  let cursor: string | undefined
  for (let page = 0; page < MOST; page += 1) {
    const result = await read(cursor)
    if (!result.ok) return result
    items.push(...result.items)
    if (result.next === null) break
    cursor = result.next
  }
  return { ok: true, items }
}
