import { Restricted, SignedIn, useAuth } from '@keyhaven/client/react'
import type { ReactElement } from 'react'
import { useRoute } from './route.ts'
import { Admin } from './views/admin.tsx'
import { Header } from './views/header.tsx'
import { Inside } from './views/inside.tsx'
import { Loading, Offline } from './views/waiting.tsx'
import { Notes } from './views/notes.tsx'
import { Refused } from './views/refused.tsx'
import { Welcome } from './views/welcome.tsx'

/** One face for each state of the store. */
export function App(): ReactElement {
  const { state } = useAuth()
  const route = useRoute()
  return (
    <>
      <Header route={route} />
      <main id="main" tabIndex={-1}>
        {state.status === 'loading' && <Loading />}
        {state.status === 'offline' && <Offline />}
        {state.status === 'signed-out' && <Welcome />}
        <SignedIn>
          {route === 'notes' && <Notes />}
          {route === 'inside' && <Inside />}
          {route === 'admin' && (
            <Restricted to="notes:admin" fallback={<Refused scope="notes:admin" />}>
              <Admin />
            </Restricted>
          )}
        </SignedIn>
      </main>
    </>
  )
}
