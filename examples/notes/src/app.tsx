import { preloadForm } from '@keyhaven/client/elements'
import { Resumable, useAuth } from '@keyhaven/client/react'
import { useEffect } from 'react'
import type { ReactElement } from 'react'
import { useTitleFocus, useWindowTitle } from './focus.ts'
import type { ViewProps } from './focus.ts'
import { SignOutProvider } from './sign-out.tsx'
import { useRoute } from './route.ts'
import { ToastProvider } from './toast.tsx'
import { useOpenViews, viewNamed } from './views.ts'
import type { View } from './views.ts'
import { Account } from './views/account.tsx'
import { Admin } from './views/admin.tsx'
import { EndingBanner } from './views/ending-banner.tsx'
import { Erased, useErasure } from './views/erased.tsx'
import { Header } from './views/header.tsx'
import { Inside } from './views/inside.tsx'
import { NoConnection } from './views/no-connection.tsx'
import { NotFound, NotForYou } from './views/nothing-here.tsx'
import { Notes } from './views/notes.tsx'
import { People } from './views/people.tsx'
import { Loading, Offline } from './views/waiting.tsx'
import { Welcome } from './views/welcome.tsx'

const faces: Readonly<Record<View['name'], (props: ViewProps) => ReactElement>> = {
  notes: Notes,
  admin: Admin,
  people: People,
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
  const takesFocus = useTitleFocus(
    `${state.status} ${view?.name ?? route}`,
    state.status === 'loading',
  )
  useEffect(() => {
    // A sign-out without a network shows it too
    if (state.status === 'signed-in') preloadForm('sign-in')
  }, [state.status])
  return (
    <ToastProvider>
      <SignOutProvider>
        <Header views={open} shown={view} />
        <EndingBanner />
        <NoConnection />
        <main id="main" tabIndex={-1}>
          {state.status === 'loading' && <Loading />}
          {state.status === 'offline' && <Offline />}
          <Resumable signIn={<Outside takesFocus={takesFocus} />}>
            {Face ? (
              <Face takesFocus={takesFocus} />
            ) : isKnown ? (
              <NotForYou />
            ) : (
              <NotFound address={route} />
            )}
          </Resumable>
        </main>
        {/* Requests a proof of identity while calls wait for it, whichever view has sent them */}
        <keyhaven-step-up />
      </SignOutProvider>
    </ToastProvider>
  )
}

/** The page of a signed-out person. */
function Outside(props: ViewProps): ReactElement {
  const erasure = useErasure()
  return erasure ? <Erased {...erasure} /> : <Welcome {...props} />
}
