'use client'
import { createAuth } from '@keyhaven/client'
import type { AuthState } from '@keyhaven/client'
import { AuthProvider, SignedIn } from '@keyhaven/client/react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useEffect, useState } from 'react'
import type { ReactElement, ReactNode } from 'react'
import { access } from '../../api/access.ts'
import { report } from '../../look/report.ts'
import { visibleToScripts } from '../../look/visible.ts'

export const auth = createAuth({ url: '/auth', access })

export function Page(props: { initial: AuthState; children: ReactNode }): ReactElement {
  const router = useRouter()
  const [visible, show] = useState('…')
  useEffect(() => {
    // Elements fill themselves once they are defined, so that comes after React has taken over the page
    void import('@keyhaven/client/elements')
    show(visibleToScripts())
    // What the server has drawn is another person's
    let known = props.initial.account?.id
    return auth.subscribe(() => {
      const { status, account } = auth.state
      if (status === 'loading' || status === 'offline' || account?.id === known) return
      known = account?.id
      router.refresh()
    })
  }, [])
  return (
    <AuthProvider auth={auth} initial={props.initial}>
      <div className="page">
        <header>
          <nav>
            <Link href="/">Notes</Link>
            <Link href="/account">Account</Link>
            <SignedIn>
              <button className="kh-button kh-quiet" onClick={() => report(auth.signOut())}>
                Sign out
              </button>
            </SignedIn>
          </nav>
        </header>
        <main>{props.children}</main>
        <footer>
          A script on this page can read: <code>{visible}</code>
        </footer>
      </div>
    </AuthProvider>
  )
}
