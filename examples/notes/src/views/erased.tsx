import type { KeyhavenElementEvents } from '@keyhaven/client/elements'
import { useAuth } from '@keyhaven/client/react'
import { useEffect, useRef, useState } from 'react'
import type { ReactElement } from 'react'
import { useWindowTitle } from '../focus.ts'
import { whenOf } from '../when-of.ts'

/** An account that will be erased. */
interface Erasure {
  readonly email: string
  readonly erasesAt: string
}

/** The erasure that was requested on this page. It outlives the view, because the person is signed out by it. */
export function useErasure(): Erasure | undefined {
  const account = useAuth().state.account?.id
  const [erasure, setErasure] = useState<Erasure>()
  useEffect(() => {
    const note = ({ detail }: KeyhavenElementEvents['keyhaven-done']): void => {
      const { what, email = '', erasesAt } = detail
      if (what === 'erase' && erasesAt !== undefined) setErasure({ email, erasesAt })
    }
    document.addEventListener('keyhaven-done', note)
    return () => document.removeEventListener('keyhaven-done', note)
  }, [])
  // It is not shown to the next person who signs out
  useEffect(() => {
    if (account !== undefined) setErasure(undefined)
  }, [account])
  return erasure
}

/** What follows an erasure: its time, and the way to undo it. */
export function Erased({ email, erasesAt }: Erasure): ReactElement {
  const heading = useRef<HTMLHeadingElement>(null)
  useWindowTitle('Your account will be erased')
  useEffect(() => heading.current?.focus(), [])
  return (
    <div className="alone">
      <div className="card entrance">
        <h1 ref={heading} tabIndex={-1}>
          Your account will be erased
        </h1>
        <p>
          You are signed out everywhere. The account <strong>{email}</strong> is erased on{' '}
          <time dateTime={erasesAt}>{whenOf(erasesAt)}</time>.
        </p>
        <p>
          Did you change your mind? The mail to this address has a link that undoes it until then.
        </p>
        {/* Loads the page again, so that nothing of the account stays in it */}
        <a className="button quiet" href="/">
          Go to the sign-in form
        </a>
      </div>
    </div>
  )
}
