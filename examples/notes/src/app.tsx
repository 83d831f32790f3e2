import { Restricted, Resumable, useAuth } from '@keyhaven/client/react'
import type { ReactElement } from 'react'
import { useRoute } from './route.ts'
import { Admin } from './views/admin.tsx'
import { Devices } from './views/devices.tsx'
import { EndingBanner } from './views/ending-banner.tsx'
import { Header } from './views/header.tsx'
import { Inside } from './views/inside.tsx'
import { Loading, Offline } from './views/waiting.tsx'
import { Notes } from './views/notes.tsx'
import { People } from './views/people.tsx'
import { Refused } from './views/refused.tsx'
import { Welcome } from './views/welcome.tsx'

/** One face for each state of the store. */
export function App(): ReactElement {
  const { state } = useAuth()
  const route = useRoute()
  return (
    <>
      <Header route={route} />
      <EndingBanner />
      <main id="main" tabIndex={-1}>
        {state.status === 'loading' && <Loading />}
        {state.status === 'offline' && <Offline />}
        <Resumable signIn={<Welcome />}>
          {route === 'notes' && <Notes />}
          {route === 'devices' && <Devices />}
          {route === 'inside' && <Inside />}
          {route === 'admin' && (
            <Restricted to="notes:admin" fallback={<Refused scope="notes:admin" />}>
              <Admin />
            </Restricted>
          )}
          {route === 'people' &&
            (state.scope.includes('keyhaven:accounts:lock') ? (
              <People />
            ) : (
              <Refused scope="keyhaven:accounts:lock" />
            ))}
        </Resumable>
      </main>
    </>
  )
}
