import type { Auth } from './auth.ts'

/** The latest store of this page for each URL of a service. */
export const stores: Map<string, Auth> = new Map()

/** The page's store for the service at this URL, if there is one. */
export function storeAt(url: string): Auth | undefined {
  return stores.get(new URL(url.replace(/\/$/, ''), document.baseURI).href)
}
