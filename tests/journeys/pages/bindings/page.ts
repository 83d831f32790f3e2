import { createAuth } from '@keyhaven/client'
import type { Auth } from '@keyhaven/client'
import '@keyhaven/client/elements'
import { access } from '../../../../examples/notes/access.ts'

/** What a test finds on the page of each binding. */
export interface BoundPage {
  readonly auth: Auth<typeof access>
  /** Navigates with the framework's router. */
  go: (to: string) => void
  /** Calls the notes API as an application of the framework does. Returns the status. */
  send: (method: 'GET' | 'POST') => Promise<number>
  /** Begins a call. Returns a function that gives it up. */
  begin: (url: string) => () => void
}

export const auth: Auth<typeof access> = createAuth({ access })

/** The page, whose binding sets `go`. */
export const page: BoundPage = {
  auth,
  go: () => {},
  send: async (method) => {
    const headers = { 'content-type': 'application/json' }
    const init = method === 'GET' ? {} : { method, headers, body: JSON.stringify(note) }
    return (await auth.fetch('/api/notes', init)).status
  },
  begin: (url) => {
    const given = new AbortController()
    auth.fetch(url, { signal: given.signal }).catch(() => {})
    return () => given.abort()
  },
}
Object.assign(globalThis, { page })

/** A note that each page adds. */
export const note = { text: 'sent by a binding' }

/** Leads to the sign-in, and back from there. */
export const toSignIn = (returnTo: string): string =>
  `/sign-in?return=${encodeURIComponent(returnTo)}`

/** The way back that `toSignIn` wrote. */
export const wayBack = (): string => new URLSearchParams(location.search).get('return') ?? '/'

/** The element that the framework fills. */
export const root: HTMLElement = document.createElement('main')
document.body.append(root)
