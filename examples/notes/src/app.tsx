import { Resumable, useAuth } from '@keyhaven/client/react'
import type { ReactElement } from 'react'
import { Erased } from './account/erased.tsx'
import { ErasureProvider, useErasure } from './account/erasure.tsx'
import { RecoveryCodesProvider } from './factors/recovery-codes.tsx'
import { useTitleFocus, useWindowTitle } from './focus.ts'
import { SignOutProvider } from './sign-out.tsx'
import { useRoute } from './route.ts'
import { ToastProvider } from './toast.tsx'
import { useOpenViews, viewNamed } from './views.ts'
import type { View } from './views.ts'
import { Account } from './views/account.tsx'
import { Admin } from './views/admin.tsx'
import { Devices } from './views/devices.tsx'
import { EndingBanner } from './views/ending-banner.tsx'
import { Header } from './views/header.tsx'
import { Inside } from './views/inside.tsx'
import { NoConnection } from './views/no-connection.tsx'
import { NotFound, NotForYou } from './views/nothing-here.tsx'
import { Notes } from './views/notes.tsx'
import { People } from './views/people.tsx'
import { StepUp } from './views/step-up-dialog.tsx'
import { Loading, Offline } from './views/waiting.tsx'
import { Welcome } from './views/welcome.tsx'

const faces: Readonly<Record<View['name'], () => ReactElement>> = {
  notes: Notes,
  admin: Admin,
  people: People,
  devices: Devices,
  account: Account,
  inside: Inside,
}

/** Shows one screen for each state of the store, and for each view of a signed-in person. */
export function App(): ReactElement {
  const { state } = useAuth()
  const route = useRoute()
  const open = useOpenViews()
  const view = open.find(({ name }) => name === route) ?? (route === '' ? open[0] : undefined)
  const Face = view && faces[view.name]
  const isKnown = viewNamed(route) !== undefined
  const title = view?.title ?? (isKnown ? 'Not for you' : 'Not found')
  useWindowTitle(
    { loading: '', offline: 'No connection', 'signed-in': title, 'signed-out': undefined }[
      state.status
    ],
  )
  useTitleFocus(`${state.status} ${view?.name ?? route}`, state.status === 'loading')
  return (
    <ToastProvider>
      <SignOutProvider>
        <ErasureProvider>
          <RecoveryCodesProvider>
            <Header views={open} shown={view} />
            <EndingBanner />
            <NoConnection />
            <main id="main" tabIndex={-1}>
              {state.status === 'loading' && <Loading />}
              {state.status === 'offline' && <Offline />}
              <Resumable signIn={<Outside />}>
                {Face ? <Face /> : isKnown ? <NotForYou /> : <NotFound address={route} />}
              </Resumable>
            </main>
            <StepUp />
          </RecoveryCodesProvider>
        </ErasureProvider>
      </SignOutProvider>
    </ToastProvider>
  )
}

/** The page of a signed-out person. */
function Outside(): ReactElement {
  const { erasure } = useErasure()
  return erasure ? <Erased erasure={erasure} /> : <Welcome />
}
