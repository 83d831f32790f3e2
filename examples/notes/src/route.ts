import { useSyncExternalStore } from 'react'

/** Views by the hash of the address. */
export type Route = 'notes' | 'devices' | 'inside' | 'admin' | 'people'

const routes: readonly Route[] = ['notes', 'devices', 'inside', 'admin', 'people']

function read(): Route {
  const name = location.hash.replace(/^#\/?/, '')
  return routes.find((route) => route === name) ?? 'notes'
}

function subscribe(listener: () => void): () => void {
  addEventListener('hashchange', listener)
  return () => removeEventListener('hashchange', listener)
}

/** The view that the address asks for. */
export function useRoute(): Route {
  return useSyncExternalStore(subscribe, read)
}
