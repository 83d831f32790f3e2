import { useAuth } from '@keyhaven/client/react'
import type { ReactElement } from 'react'

/** Neutral while the service is asked: neither the signed-in nor the signed-out face. */
export function Loading(): ReactElement {
  return (
    <section className="card skeleton" aria-busy="true" aria-label="Loading">
      <i />
      <i />
      <i />
    </section>
  )
}

/** The service did not answer. That says nothing about who is signed in. */
export function Offline(): ReactElement {
  const auth = useAuth()
  return (
    <section className="card centred">
      <h1>We can’t reach the service</h1>
      <p>You have not been signed out. Check your connection, then try again.</p>
      <button type="button" onClick={() => void auth.refresh()}>
        Try again
      </button>
    </section>
  )
}
