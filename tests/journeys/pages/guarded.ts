/** A page whose one private view is guarded by its router alone: `?tanstack` chooses which router. */
import { createAuth } from '@keyhaven/client'
import type { Auth } from '@keyhaven/client'
import { guardRoute } from '@keyhaven/client/router'
import * as tanStack from '@tanstack/react-router'
import { createElement } from 'react'
import { createRoot } from 'react-dom/client'
import { createBrowserRouter, redirect, RouterProvider, useLoaderData } from 'react-router'

/** What a test finds on the page. */
export interface GuardedPage {
  readonly auth: Auth
  /** Goes to the private view, within the page. */
  readonly enter: () => void
}

const isTanStack = document.cookie.includes('router=tanstack')
const auth = createAuth()
const text = (words: string) => createElement('p', null, words)
/** What the private view shows: from whom it is, once the API has answered. */
const load = async (owner = 'nobody'): Promise<string> => {
  await auth.fetch('/api/notes')
  return `notes of ${owner}`
}

function reactRouter(): readonly [() => void, ReturnType<typeof createElement>] {
  const router = createBrowserRouter([
    { path: '/sign-in', element: text('please sign in') },
    {
      path: '/',
      loader: async ({ request }) => {
        const toSignIn = (): Response => redirect('/sign-in')
        const { account } = await guardRoute(auth, { at: request, signIn: toSignIn })
        return load(account?.email)
      },
      Component: () => text(useLoaderData<string>()),
      HydrateFallback: () => text('one moment'),
    },
  ])
  return [() => void router.navigate('/'), createElement(RouterProvider, { router })]
}

function tanStackRouter(): readonly [() => void, ReturnType<typeof createElement>] {
  const root = tanStack.createRootRoute()
  const entry = tanStack.createRoute({
    getParentRoute: () => root,
    path: '/sign-in',
    component: () => text('please sign in'),
  })
  const notes = tanStack.createRoute({
    getParentRoute: () => root,
    path: '/',
    beforeLoad: async ({ location }) => {
      const toSignIn = (): unknown => tanStack.redirect({ href: '/sign-in' })
      const { account } = await guardRoute(auth, { at: location.href, signIn: toSignIn })
      return { owner: account?.email }
    },
    loader: ({ context }) => load(context.owner),
    component: () => text(notes.useLoaderData()),
  })
  const router = tanStack.createRouter({ routeTree: root.addChildren([entry, notes]) })
  const view = createElement(tanStack.RouterProvider, { router: router as never })
  return [() => void router.navigate({ href: '/' }), view]
}

const [enter, view] = isTanStack ? tanStackRouter() : reactRouter()
Object.assign(globalThis, { page: { auth, enter } satisfies GuardedPage })
createRoot(document.body.appendChild(document.createElement('main'))).render(view)
