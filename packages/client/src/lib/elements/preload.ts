import type { ViewName } from './kit/view.ts'
import { views } from './views.ts'
import { languageOf, loadWords } from './words.ts'

/** Begins to load a view with its words beside the code that will show it. That code loads it again after a failure. */
export function preload(node: Element, name: ViewName): void {
  const { load, groups } = views[name]
  Promise.all([load(), loadWords(languageOf(node), ['kit', ...groups])]).catch(() => {})
}

/**
 * Loads a form ahead. Call it with `sign-in` while a person is signed in: after a sign-out the form is there, even if the
 * network is away by then.
 */
export function preloadForm(name: ViewName): void {
  import('./run.ts').catch(() => {})
  preload(document.documentElement, name)
}
