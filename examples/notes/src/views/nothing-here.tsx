import type { ReactElement } from 'react'

/** Shown for a view that this person may not open. */
export function NotForYou(): ReactElement {
  return (
    <section className="state centered">
      <h1 tabIndex={-1}>This view is not for you</h1>
      <p>Your account can’t open it. Ask an administrator, or sign in with another account.</p>
      <a className="button" href="#/">
        Go to your start page
      </a>
    </section>
  )
}

/** Shown for an address without a view. */
export function NotFound({ address }: { readonly address: string }): ReactElement {
  return (
    <section className="state centered">
      <h1 tabIndex={-1}>There is no such view</h1>
      <p>
        Nothing is at <code>#/{address.slice(0, 80)}</code>. The link may be old or misspelt.
      </p>
      <a className="button" href="#/">
        Go to your start page
      </a>
    </section>
  )
}
