import { createAuth } from '@keyhaven/client'
import type { Auth } from '@keyhaven/client'
import { access } from '../../../../examples/notes/access.ts'

/** What a test finds on the page of each binding. */
export interface BoundPage {
  readonly auth: Auth<typeof access>
  /** Navigates with the framework's router. */
  go: (to: string) => void
}

export const auth: Auth<typeof access> = createAuth({ access })

/** The page, whose binding sets `go`. */
export const page: BoundPage = { auth, go: () => {} }
Object.assign(globalThis, { page })

/** The element that the framework fills. */
export const root: HTMLElement = document.createElement('main')
document.body.append(root)
