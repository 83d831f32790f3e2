import type { ReactElement } from 'react'

/** The view exists, and this person may not open it. */
export function NotForYou(): ReactElement {
  return (
    <section className="state alone">
      <h1 tabIndex={-1}>This view is not for you</h1>
      <p>Your account can’t open it. Ask an administrator, or sign in with another account.</p>
      <a className="button" href="#/">
        Go to your start page
      </a>
    </section>
  )
}

/** No view has that address. */
export function NotFound({ address }: { readonly address: string }): ReactElement {
  return (
    <section className="state alone">
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
