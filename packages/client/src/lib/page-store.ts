import type { Auth } from './auth.ts'
import { createAuth } from './create-auth.ts'
import { storeAt } from './stores.ts'

/** The page's store for the service at this URL: the one that the application has created, or else a new one. */
export function pageStore(url = '/auth'): Auth {
  return storeAt(url) ?? createAuth({ url })
}
