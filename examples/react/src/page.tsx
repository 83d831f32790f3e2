import { SignedIn, useAuth } from '@keyhaven/client/react'
import type { ReactElement } from 'react'
import { Link, Outlet } from 'react-router'
import { report } from '../../look/report.ts'
import { visibleToScripts } from '../../look/visible.ts'

export function Page(): ReactElement {
  const { signOut } = useAuth()
  return (
    <div className="page">
      <header>
        <nav>
          <Link to="/">Notes</Link>
          <Link to="/account">Account</Link>
          <SignedIn>
            <button className="kh-button kh-quiet" onClick={() => report(signOut())}>
              Sign out
            </button>
          </SignedIn>
        </nav>
      </header>
      <main>
        <Outlet />
      </main>
      <footer>
        A script on this page can read: <code>{visibleToScripts()}</code>
      </footer>
    </div>
  )
}
