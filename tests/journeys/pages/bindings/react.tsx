/** The small app of the suite, with React and React Router. */
import { AuthProvider, Restricted, SignedIn, SignedOut, useAuth } from '@keyhaven/client/react'
import { guardRoute } from '@keyhaven/client/router'
import { useState } from 'react'
import type { ReactElement } from 'react'
import { createRoot } from 'react-dom/client'
import { createBrowserRouter, redirect, RouterProvider } from 'react-router'
import { access } from '../../../../examples/notes/access.ts'
import { auth, page, root, toSignIn, wayBack } from './page.ts'

function Home(): ReactElement {
  const { state } = useAuth()
  return (
    <>
      <p>status {state.status}</p>
      <SignedIn>signed in as {state.account?.email}</SignedIn>
      <SignedOut>please sign in</SignedOut>
      <Restricted<typeof access> to="notes:read" fallback="reads nothing">
        may read
      </Restricted>
    </>
  )
}

function Private(): ReactElement {
  const { state } = useAuth()
  const [kept] = useState(state.account?.email)
  return (
    <p>
      secret of {state.account?.email}, kept of {kept}
    </p>
  )
}

const redirected = (to: string): Response => redirect(toSignIn(to))
const router = createBrowserRouter([
  { path: '/', Component: Home },
  { path: '/sign-in', Component: () => <keyhaven-sign-in auth={auth} return={wayBack()} /> },
  {
    path: '/private',
    Component: Private,
    HydrateFallback: () => null,
    loader: ({ request }) => guardRoute(auth, { at: request, signIn: redirected }).then(() => null),
  },
  {
    path: '/writing',
    Component: () => <p>write here</p>,
    HydrateFallback: () => null,
    loader: ({ request }) =>
      guardRoute<typeof access>(
        auth,
        { at: request, signIn: redirected },
        { scope: 'notes:add', refused: () => redirect('/') },
      ).then(() => null),
  },
])
page.go = (to) => void router.navigate(to)
createRoot(root).render(
  <AuthProvider auth={auth}>
    <RouterProvider router={router} />
  </AuthProvider>,
)
