/** The small app of the suite, with React and React Router. */
import { AuthProvider, Restricted, SignedIn, SignedOut, useAuth } from '@keyhaven/client/react'
import { guardRoute } from '@keyhaven/client/router'
import type { ReactElement } from 'react'
import { createRoot } from 'react-dom/client'
import { createBrowserRouter, redirect, RouterProvider } from 'react-router'
import { access } from '../../../../examples/notes/access.ts'
import { auth, page, root } from './page.ts'

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
  return <p>secret of {useAuth().state.account?.email}</p>
}

const router = createBrowserRouter([
  { path: '/', Component: Home },
  {
    path: '/private',
    Component: Private,
    loader: ({ request }) =>
      guardRoute(auth, { at: request, signIn: () => redirect('/') }).then(() => null),
  },
])
page.go = (to) => void router.navigate(to)
createRoot(root).render(
  <AuthProvider auth={auth}>
    <RouterProvider router={router} />
  </AuthProvider>,
)
