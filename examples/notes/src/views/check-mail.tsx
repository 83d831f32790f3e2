import { useEffect, useRef } from 'react'
import type { ReactElement } from 'react'
import { useWindowTitle } from '../focus.ts'

/** What follows a sign-up whose address must be confirmed. The service's own page takes the link and the code. */
export function CheckMail(props: {
  readonly address: string
  readonly onOther: () => void
}): ReactElement {
  const heading = useRef<HTMLHeadingElement>(null)
  useWindowTitle('Check your mail')
  useEffect(() => heading.current?.focus(), [])
  return (
    <div className="alone">
      <div className="card entrance">
        <h1 ref={heading} tabIndex={-1}>
          Check your mail
        </h1>
        <p>
          A mail is on its way to <strong>{props.address}</strong>. Open its link in this browser,
          or enter its code.
        </p>
        <a className="button wide" href="/auth/pages/verify">
          Enter the code
        </a>
        <button type="button" className="text" onClick={props.onOther}>
          Use another address
        </button>
      </div>
    </div>
  )
}
