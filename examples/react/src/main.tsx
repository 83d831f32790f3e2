import '@keyhaven/client/elements'
import { AuthProvider } from '@keyhaven/client/react'
import { guardRoute } from '@keyhaven/client/router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { createBrowserRouter, redirect, RouterProvider } from 'react-router'
import '../../look/style.css'
import { Account } from './account.tsx'
import { auth } from './auth.ts'
import { Home } from './home.tsx'
import { Page } from './page.tsx'

const signIn = (to: string): Response => redirect(`/?to=${encodeURIComponent(to)}`)

const router = createBrowserRouter([
  {
    Component: Page,
    HydrateFallback: () => <p className="loading">Loading …</p>,
    children: [
      { path: '/', Component: Home },
      {
        path: '/account',
        Component: Account,
        loader: ({ request }) => guardRoute(auth, { at: request, signIn }),
      },
    ],
  },
])

createRoot(document.getElementById('app') as HTMLElement).render(
  <StrictMode>
    <AuthProvider auth={auth}>
      <RouterProvider router={router} />
    </AuthProvider>
  </StrictMode>,
)
