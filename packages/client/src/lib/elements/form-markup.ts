import type { Frame } from './kit/frame.ts'
import { htmlOf } from './kit/html-of.ts'
import type { Tree } from './kit/tree.ts'
import { shortestPassword } from './shortest-password.ts'
import { loadWords } from './words.ts'
import type { Group, Language, OwnWords, Words } from './words.ts'

/** The forms that a server can print: what they show depends on no link and no session. */
export type PrintedForm = 'sign-in' | 'sign-up' | 'forgot'

/** How a form is printed. */
export interface MarkupOptions {
  readonly lang?: Language
  /** Words that replace ours. */
  readonly words?: OwnWords
  /** Begins the id of each node. Two forms of one kind in a page need two. */
  readonly id?: string
  /** The URL of the service; `/auth` if left out. */
  readonly url?: string
  /** The folder of your own pages of the other forms, with its `/` at the end. */
  readonly pages?: string
  /** The least number of characters in a password. */
  readonly minLength?: number
  /** Whether the sign-in offers a mail that signs in, as by the attribute. */
  readonly mail?: boolean
}

interface Printed {
  readonly groups: readonly Group[]
  readonly title: (words: Words) => string
  readonly load: (options: MarkupOptions) => Promise<(frame: Frame) => readonly Tree[]>
}

const printed: Readonly<Record<PrintedForm, Printed>> = {
  'sign-in': {
    groups: ['entry'],
    title: ({ entry }) => entry.signIn.title,
    load: async ({ mail }) => {
      const { signInForm } = await import('./forms/sign-in.ts')
      return (frame) => signInForm(frame, { mail })
    },
  },
  'sign-up': {
    groups: ['entry'],
    title: ({ entry }) => entry.signUp.title,
    load: async () => (await import('./forms/sign-up.ts')).signUpForm,
  },
  forgot: {
    groups: ['recovery'],
    title: ({ recovery }) => recovery.reset.request,
    load: async () => (await import('./recovery/forgot.ts')).forgotForm,
  },
}

/** The HTML of a form, for the element of this name in a page that a server renders. */
export async function formMarkup(name: PrintedForm, options: MarkupOptions = {}): Promise<string> {
  const { lang = 'en', id = `kh-${name}`, url = '/auth', minLength = shortestPassword } = options
  const { pages = `${url.replace(/\/$/, '')}/pages/` } = options
  const { groups, title, load } = printed[name]
  const [body, words] = await Promise.all([
    load(options),
    loadWords(lang, ['kit', ...groups], options.words),
  ])
  const frame: Frame = { id, words, minLength, pageOf: (page) => `${pages}${page}` }
  const heading: Tree = ['h1', { class: 'kh-title', tabindex: '-1' }, title(words)]
  return [heading, ...body(frame)].map((tree) => htmlOf(unsent(tree))).join('')
}

/** The same form, which a browser can't send before its script is there: it would post a password to the page. */
function unsent(tree: Tree): Tree {
  if (typeof tree === 'string') return tree
  const [name, attributes, ...children] = tree
  const isSubmit = name === 'button' && attributes['type'] === 'submit'
  return [name, isSubmit ? { ...attributes, disabled: '' } : attributes, ...children.map(unsent)]
}
