import { SignedIn, useAuth } from '@keyhaven/client/react'
import type { ReactElement } from 'react'
import type { Route } from '../route.ts'

const views = [
  ['notes', 'Notes'],
  ['devices', 'Devices'],
  ['inside', 'What JavaScript can see'],
  ['admin', 'Everybody’s notes'],
] as const

/** Who is signed in, the views, and the way out. */
export function Header({ route }: { readonly route: Route }): ReactElement {
  const auth = useAuth()
  const { account, scope } = auth.state
  const mayLock = scope.includes('keyhaven:accounts:lock')
  const shown = mayLock ? [...views, ['people', 'People'] as const] : views
  return (
    <header className="bar">
      <a className="brand" href="#/notes">
        <span className="mark" aria-hidden="true">
          N
        </span>
        Notes
      </a>
      <SignedIn>
        <nav aria-label="Views">
          {shown.map(([name, title]) => (
            <a
              key={name}
              href={`#/${name}`}
              aria-current={route === name ? 'page' : undefined}
              ref={route === name ? bringIn : undefined}
            >
              {title}
            </a>
          ))}
        </nav>
        <div className="who">
          <span className="name" title={account?.email}>
            {account?.name ?? account?.email}
          </span>
          <button type="button" className="quiet" onClick={() => void auth.signOut()}>
            Sign out
          </button>
        </div>
      </SignedIn>
    </header>
  )
}

/** On a phone the row of views is longer than the screen. */
function bringIn(link: HTMLElement | null): void {
  link?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
}
