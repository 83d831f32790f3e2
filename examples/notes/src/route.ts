import { useSyncExternalStore } from 'react'

function read(): string {
  return location.hash.replace(/^#?\/?/, '')
}

function subscribe(listener: () => void): () => void {
  addEventListener('hashchange', listener)
  return () => removeEventListener('hashchange', listener)
}

/** The address after `#/`; empty for the home view. */
export function useRoute(): string {
  return useSyncExternalStore(subscribe, read)
}
