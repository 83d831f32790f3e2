import { useAuth } from '@keyhaven/client/react'
import type { ReactElement } from 'react'
import { useAct } from '../act.ts'
import { ActButton } from './act-button.tsx'
import { ListSkeleton } from './problem.tsx'

/** Shown until the service has answered, in place of the signed-in or signed-out page. */
export function Loading(): ReactElement {
  return (
    <section>
      <h1 className="unseen">One moment…</h1>
      <ListSkeleton label="Loading" />
    </section>
  )
}

/** Shown when the service did not answer: the page does not know who is signed in. */
export function Offline(): ReactElement {
  const { refresh } = useAuth()
  const { busy, run } = useAct()
  return (
    <section className="state centered">
      <h1 tabIndex={-1}>We can’t reach the service</h1>
      <p>You have not been signed out. Check your connection: this page goes on by itself.</p>
      <ActButton
        busy={busy}
        doing="Trying…"
        onClick={() => void run(async () => void (await refresh()))}
      >
        Try again
      </ActButton>
    </section>
  )
}
