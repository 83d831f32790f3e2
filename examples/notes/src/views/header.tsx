import { SignedIn, useAuth } from '@keyhaven/client/react'
import type { ReactElement } from 'react'
import { useSignOut } from '../sign-out.tsx'
import mark from '../mark.svg'
import type { View } from '../views.ts'
import { ActButton } from './act-button.tsx'

/** The signed-in person, the views that they may open, and the sign-out button. */
export function Header(props: {
  readonly views: readonly View[]
  readonly shown: View | undefined
}): ReactElement {
  const { account } = useAuth().state
  const { busy, signOut } = useSignOut()
  return (
    <header className="top">
      <a className="button skip" href="#main" onClick={skip}>
        Skip to the content
      </a>
      <div className="bar">
        <a className="brand" href="#/">
          <img src={mark} alt="" />
          Notes
        </a>
        <SignedIn>
          <span className="who" title={account?.email}>
            {account?.name ?? account?.email}
          </span>
          <ActButton className="quiet" busy={busy} onClick={signOut}>
            Sign out
          </ActButton>
        </SignedIn>
      </div>
      <SignedIn>
        <nav className="tabs" aria-label="Views">
          {props.views.map((view) => (
            <a
              key={view.name}
              href={`#/${view.name}`}
              aria-current={view === props.shown ? 'page' : undefined}
            >
              <span className={view.short && 'long'}>{view.link}</span>
              {view.short && <span className="short">{view.short}</span>}
            </a>
          ))}
        </nav>
      </SignedIn>
    </header>
  )
}

/** A link to a view. The address names the view, so the link moves the focus without further code. */
function skip(event: { preventDefault(): void }): void {
  event.preventDefault()
  document.getElementById('main')?.focus()
}
