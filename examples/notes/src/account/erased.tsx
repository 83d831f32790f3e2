import { useEffect, useRef } from 'react'
import type { ReactElement } from 'react'
import { useWindowTitle } from '../focus.ts'
import { whenOf } from '../when-of.ts'

/** An account that will be erased. */
export interface Erasure {
  readonly email: string
  readonly erasesAt: string
}

/** What follows an erasure: its time, and the way to undo it. */
export function Erased(props: { readonly erasure: Erasure }): ReactElement {
  const heading = useRef<HTMLHeadingElement>(null)
  const { email, erasesAt } = props.erasure
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
        <a className="button quiet wide" href="/">
          Go to the sign-in form
        </a>
      </div>
    </div>
  )
}
