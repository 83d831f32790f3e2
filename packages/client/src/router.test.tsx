// @vitest-environment jsdom
import { defineAccess } from '@keyhaven/core/access'
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  redirect,
  RouterProvider as TanStackProvider,
} from '@tanstack/react-router'
import { cleanup, render, screen, waitFor } from '@testing-library/react'
import * as eight from 'react-router'
import * as seven from 'react-router-7'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createAuth } from './index.ts'
import type { Auth } from './index.ts'
import { aloneRuntime } from './lib/runtime.suite.ts'
import { createTestService, cut, held, ME, ok, refuse, view } from './lib/service.suite.ts'
import { guardRoute } from './router.ts'

const access = defineAccess({ scopes: ['notes:read', 'notes:admin'], roles: {} })
const service = createTestService()
const { answers } = service
let auth: Auth<typeof access>

beforeEach(async () => {
  await service.start()
  // jsdom has no scrolling
  vi.stubGlobal('scrollTo', () => {})
  const origin = service.origin()
  const runtime = {
    ...aloneRuntime,
    origin: () => origin,
    fetch: (input: string | URL | Request, init?: RequestInit) =>
      fetch(input, { ...init, signal: null }),
  }
  auth = createAuth({ url: `${origin}/auth`, access, runtime })
})
afterEach(async () => {
  cleanup()
  await service.stop()
})

/** Opens an address in a router of each kind, with a public, a private and an administrator's page. */
const routers: [string, (at: string) => { readonly where: () => string }][] = [
  ['React Router 8', (at) => reactRouter(eight, at)],
  ['React Router 7', (at) => reactRouter(seven as unknown as typeof eight, at)],
  ['TanStack Router', (at) => tanStackRouter(at)],
]

function reactRouter(kind: typeof eight, at: string): { readonly where: () => string } {
  const { createMemoryRouter, redirect: go, RouterProvider } = kind
  const admin = { scope: 'notes:admin', refused: () => go('/refused') } as const
  const guard = (request: Request, needs?: typeof admin) =>
    guardRoute(
      auth,
      { at: request, signIn: (to) => go(`/sign-in?to=${encodeURIComponent(to)}`) },
      needs,
    )
  const router = createMemoryRouter(
    [
      { path: '/', element: <p>welcome</p> },
      { path: '/sign-in', element: <p>please sign in</p> },
      { path: '/refused', element: <p>not for you</p> },
      {
        path: '/notes',
        loader: ({ request }) => guard(request),
        action: ({ request }) => guard(request),
        element: <p>my notes</p>,
        HydrateFallback: () => <p>one moment</p>,
      },
      {
        path: '/admin',
        loader: ({ request }) => guard(request, admin),
        element: <p>all notes</p>,
        HydrateFallback: () => <p>one moment</p>,
      },
    ],
    { initialEntries: [at] },
  )
  render(<RouterProvider router={router} />)
  return { where: () => router.state.location.pathname + router.state.location.search }
}

function tanStackRouter(at: string): { readonly where: () => string } {
  const root = createRootRoute()
  const page = (path: string, text: string) =>
    createRoute({ getParentRoute: () => root, path, component: () => <p>{text}</p> })
  const signIn = createRoute({
    getParentRoute: () => root,
    path: '/sign-in',
    validateSearch: ({ to }) => ({ to: String(to) }),
    component: () => <p>please sign in</p>,
  })
  const guarded = (path: string, text: string, scope?: 'notes:admin') =>
    createRoute({
      getParentRoute: () => root,
      path,
      pendingComponent: () => <p>one moment</p>,
      component: () => <p>{text}</p>,
      beforeLoad: ({ location }) =>
        guardRoute(
          auth,
          { at: location.href, signIn: (to) => redirect({ to: '/sign-in', search: { to } }) },
          scope && { scope, refused: () => redirect({ to: '/refused' }) },
        ),
    })
  const router = createRouter({
    routeTree: root.addChildren([
      page('/', 'welcome'),
      page('/refused', 'not for you'),
      signIn,
      guarded('/notes', 'my notes'),
      guarded('/admin', 'all notes', 'notes:admin'),
    ]),
    history: createMemoryHistory({ initialEntries: [at] }),
  })
  render(<TanStackProvider router={router as never} />)
  return {
    where: () => {
      const { pathname, search } = router.state.location
      const { to } = search as { to?: string }
      return to === undefined ? pathname : `${pathname}?to=${encodeURIComponent(to)}`
    },
  }
}

describe.each(routers)('guardRoute in %s', (_name, open) => {
  it('shows neither the page nor the sign-in before the service has answered', async () => {
    const late = held(ok(200, view))
    answers.set(ME, late.answer)
    open('/notes')
    await late.come
    expect(screen.queryByText(/my notes|please sign in/)).toBeNull()
    late.release()
    expect(await screen.findByText('my notes')).toBeTruthy()
    expect(service.count(ME)).toBe(1)
  })
  it('leads to the sign-in, with the way back (R71b)', async () => {
    answers.set(ME, refuse('not_signed_in'))
    const { where } = open('/notes?page=2#end')
    expect(await screen.findByText('please sign in')).toBeTruthy()
    const back = new URL(where(), 'http://localhost').searchParams.get('to')
    expect(back?.replace('#end', '')).toBe('/notes?page=2')
  })
  it('leads whoever lacks the scope to where the guard says', async () => {
    open('/admin')
    expect(await screen.findByText('not for you')).toBeTruthy()
    cleanup()
    answers.set(ME, ok(200, { ...view, scope: ['notes:admin'] }))
    await auth.refresh()
    open('/admin')
    expect(await screen.findByText('all notes')).toBeTruthy()
  })
  it('sends nobody to the sign-in because the service is away (P17)', async () => {
    answers.set(ME, cut)
    open('/notes')
    expect(await screen.findByText('my notes')).toBeTruthy()
    expect(auth.state.status).toBe('offline')
  })
})

describe('guardRoute', () => {
  const signIn = (to: string): string => to
  it('never gives a way back to what was no `GET`, nor to another origin (P24)', async () => {
    answers.set(ME, refuse('not_signed_in'))
    const post = new Request('http://localhost/notes', { method: 'POST' })
    await expect(guardRoute(auth, { at: post, signIn })).rejects.toBe('/')
    await expect(guardRoute(auth, { at: '//evil.example', signIn })).rejects.toBe('/')
    const get = new Request(`${location.origin}//evil.example`)
    await expect(guardRoute(auth, { at: get, signIn })).rejects.toBe('/')
    await expect(guardRoute(auth, { at: '/notes?page=2', signIn })).rejects.toBe('/notes?page=2')
  })
  it('gives the loader the state', async () => {
    const state = await guardRoute(auth, { at: '/notes', signIn })
    await waitFor(() => expect(state.account?.id).toBe('acc_1'))
  })
})
