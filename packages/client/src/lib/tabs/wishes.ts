import type { Runtime } from '../runtime.ts'
import type { Known } from '../state/known.ts'

/** Sign-outs that the browser remembers at once. */
const MOST = 5

/** The sign-outs of all tabs that the service may not have received yet. The browser remembers them. */
export interface Wishes {
  /** The ids of the sessions, the newest last. */
  readonly all: () => readonly string[]
  /** Writes or removes this page's own sign-out after an event. */
  readonly update: (before: Known, known: Known) => void
}

/** Creates the sign-outs that the browser remembers under a name. */
export function createWishes(runtime: Pick<Required<Runtime>, 'remember'>, name: string): Wishes {
  const all = (): readonly string[] =>
    (runtime.remember(name) ?? '')
      .split(' ')
      .filter((id) => id !== '')
      .slice(-MOST)
  return {
    all,
    update: (before, { leaving, kept }) => {
      // An application may clear the storage when its person signs out
      if (kept && (kept !== before.kept || !all().includes(kept))) {
        const others = all().filter((id) => id !== kept)
        runtime.remember(name, [...others.slice(1 - MOST), kept].join(' '))
      }
      if (leaving || !before.leaving || runtime.remember(name) === null) return
      // The sign-outs of other tabs stay
      const others = all().filter((id) => id !== before.leaving)
      runtime.remember(name, others.join(' ') || null)
    },
  }
}
