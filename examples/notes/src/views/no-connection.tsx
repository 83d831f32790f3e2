import { SignedIn } from '@keyhaven/client/react'
import { useSyncExternalStore } from 'react'
import type { ReactElement } from 'react'

/** Shown when the browser has no network: the page keeps its content, which may be out of date. */
export function NoConnection(): ReactElement | null {
  const isOnline = useSyncExternalStore(subscribe, () => navigator.onLine)
  return isOnline ? null : (
    <SignedIn>
      <aside className="notice" aria-label="No connection">
        <div>
          <p role="status">
            <strong>You are offline.</strong> What you see may be out of date, and changes can’t be
            saved.
          </p>
        </div>
      </aside>
    </SignedIn>
  )
}

function subscribe(listener: () => void): () => void {
  addEventListener('online', listener)
  addEventListener('offline', listener)
  return () => {
    removeEventListener('online', listener)
    removeEventListener('offline', listener)
  }
}
