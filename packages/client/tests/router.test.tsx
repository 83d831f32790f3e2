// @vitest-environment jsdom
import { defineAccess } from '@keyhaven/core/access'
import {
  createBrowserHistory,
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  redirect,
  RouterProvider as TanStackProvider,
} from '@tanstack/react-router'
import { act, cleanup, render, screen, waitFor } from '@testing-library/react'
import * as eight from 'react-router'
import * as seven from 'react-router-7'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createAuth } from '@keyhaven/client'
import type { Auth, Runtime } from '@keyhaven/client'
import { aloneRuntime } from './alone-runtime.ts'
import {
  createTestService,
  cut,
  gone,
  held,
  ME,
  ok,
  otherView,
  refuse,
  view,
} from './test-service.ts'
import { AuthProvider, Resumable } from '@keyhaven/client/react'
import { guardRoute } from '@keyhaven/client/router'

const access = defineAccess({ scopes: ['notes:read', 'notes:admin'], roles: {} })
const service = createTestService()
const { answers } = service
let auth: Auth<typeof access>
const opened = new Set<() => void>()

beforeEach(async () => {
  await service.start()
  // jsdom has no scrolling
  vi.stubGlobal('scrollTo', () => {})
  auth = createAuth({ url: `${service.origin()}/auth`, access, runtime: runtime() })
})
afterEach(async () => {
  cleanup()
  for (const close of opened) close()
  opened.clear()
  await service.stop()
})

interface Opened {
  readonly where: () => string
  /** Navigates within the page. */
  readonly go: (to: string) => Promise<void>
}
type Open = (at: string) => Opened

function runtime(): Runtime {
  const origin = service.origin()
  return {
    ...aloneRuntime,
    origin: () => origin,
    fetch: (input, init) => fetch(input, { ...init, signal: null }),
  }
}

/** Opens an address in a router of each kind, with a public, a private and an administrator's page. */
const routers: [string, Open][] = [
  ['React Router 8', (at) => reactRouter(eight, at)],
  ['React Router 7', (at) => reactRouter(seven as unknown as typeof eight, at)],
  ['TanStack Router', (at) => tanStackRouter(at)],
]
/** The same, on the address of the page. */
const onThePage: [string, Open][] = [
  ['React Router 8', (at) => reactRouter(eight, at, true)],
  ['React Router 7', (at) => reactRouter(seven as unknown as typeof eight, at, true)],
  ['TanStack Router', (at) => tanStackRouter(at, true)],
]

function reactRouter(kind: typeof eight, at: string, onPage = false): Opened {
  const { createBrowserRouter, createMemoryRouter, redirect: go, RouterProvider } = kind
  const admin = { scope: 'notes:admin', refused: () => go('/refused') } as const
  const guard = (request: Request, needs?: typeof admin) =>
    guardRoute(
      auth,
      { at: request, signIn: (to) => go(`/sign-in?to=${encodeURIComponent(to)}`) },
      needs,
    )
  if (onPage) history.replaceState(null, '', at)
  const create: typeof createMemoryRouter = onPage ? createBrowserRouter : createMemoryRouter
  const router = create(
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
    onPage ? {} : { initialEntries: [at] },
  )
  render(<RouterProvider router={router} />)
  opened.add(() => router.dispose())
  return {
    where: () => router.state.location.pathname + router.state.location.search,
    go: (to) => router.navigate(to),
  }
}

function tanStackRouter(at: string, onPage = false): Opened {
  if (onPage) history.replaceState(null, '', at)
  const root = createRootRoute()
  const page = (path: string, text: string) =>
    createRoute({ getParentRoute: () => root, path, component: () => <p>{text}</p> })
  const entry = createRoute({
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
      entry,
      guarded('/notes', 'my notes'),
      guarded('/admin', 'all notes', 'notes:admin'),
    ]),
    history: onPage ? createBrowserHistory() : createMemoryHistory({ initialEntries: [at] }),
  })
  render(<TanStackProvider router={router as never} />)
  opened.add(() => router.history.destroy())
  return {
    go: (to) => router.navigate({ to }),
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
  it('calls the guard’s `refused` for a user without the scope', async () => {
    open('/admin')
    expect(await screen.findByText('not for you')).toBeTruthy()
    cleanup()
    answers.set(ME, ok(200, { ...view, scope: ['notes:admin'] }))
    await auth.refresh()
    open('/admin')
    expect(await screen.findByText('all notes')).toBeTruthy()
  })
  it('doesn’t redirect to the sign-in because the service is away (P17)', async () => {
    answers.set(ME, cut)
    open('/notes')
    expect(await screen.findByText('my notes')).toBeTruthy()
    expect(auth.state.status).toBe('offline')
  })
})

describe.each(onThePage)('guardRoute in %s, on the page’s address', (_name, open) => {
  it('checks again at each visit: in after a sign-in, out after a sign-out (source 1)', async () => {
    answers.set(ME, refuse('not_signed_in')).set('POST /auth/sessions', ok(201, view))
    const { go } = open('/')
    for (let visit = 0; visit < 2; visit++) {
      await act(() => go('/notes'))
      expect(await screen.findByText('please sign in')).toBeTruthy()
    }
    await act(() => auth.signIn({ login: 'a', password: 'b' }))
    for (let visit = 0; visit < 2; visit++) {
      await act(() => go('/'))
      await act(() => go('/notes'))
      expect(await screen.findByText('my notes')).toBeTruthy()
    }
    answers.set('DELETE /auth/sessions/current', gone)
    await act(() => go('/'))
    await act(() => auth.signOut())
    await act(() => go('/notes'))
    expect(await screen.findByText('please sign in')).toBeTruthy()
  })
  it.each([
    ['signs out', '/notes'],
    ['signs out while the service is away', '/notes'],
    ['is locked', '/notes?page=2#end'],
    ['has another session elsewhere', '/notes?page=2'],
  ])('takes off the page what it showed when the person %s (operator 5)', async (how, at) => {
    const { where } = open(at)
    expect(await screen.findByText('my notes')).toBeTruthy()
    const away = how === 'signs out while the service is away'
    answers.set('DELETE /auth/sessions/current', away ? cut : gone)
    answers.set(ME, refuse(how === 'is locked' ? 'account_locked' : 'session_ended'))
    await act(async () => {
      if (how.startsWith('signs out')) await auth.signOut()
      else await auth.refresh()
    })
    expect(await screen.findByText('please sign in')).toBeTruthy()
    expect(screen.queryByText('my notes')).toBeNull()
    const back = new URL(where(), 'http://localhost').searchParams.get('to')
    expect(back).toBe(at)
  })
  it('takes it off when the person loses the scope', async () => {
    answers.set(ME, ok(200, { ...view, scope: ['notes:admin'] }))
    open('/admin')
    expect(await screen.findByText('all notes')).toBeTruthy()
    answers.set(ME, ok(200, view))
    await act(() => auth.refresh())
    expect(await screen.findByText('not for you')).toBeTruthy()
    expect(screen.queryByText('all notes')).toBeNull()
  })
  it('doesn’t navigate while the same user stays signed in, or if no route was guarded', async () => {
    const pops = vi.fn()
    addEventListener('popstate', pops)
    open('/notes')
    expect(await screen.findByText('my notes')).toBeTruthy()
    for (let n = 0; n < 3; n++) await act(() => auth.refresh())
    answers.set(ME, cut)
    await act(() => auth.refresh())
    expect(screen.getByText('my notes')).toBeTruthy()
    removeEventListener('popstate', pops)
    expect(pops).not.toHaveBeenCalled()
  })
  it.each([
    ['no person', refuse('not_signed_in'), 'please sign in'],
    ['a person without the scope', ok(200, view), 'not for you'],
    ['a person who may see it', ok(200, { ...view, scope: ['notes:admin'] }), 'all notes'],
  ])('checks again when the service reports who is signed in: %s', async (_who, answer, shown) => {
    answers.set(ME, cut)
    const pops = vi.fn()
    open('/admin')
    expect(await screen.findByText('all notes')).toBeTruthy()
    addEventListener('popstate', pops)
    answers.set(ME, answer)
    await act(() => auth.refresh())
    expect(await screen.findByText(shown)).toBeTruthy()
    removeEventListener('popstate', pops)
    expect(pops).toHaveBeenCalledTimes(1)
  })
  it('gives the way back with its fragment (browser F7)', async () => {
    answers.set(ME, refuse('not_signed_in'))
    const at = '/notes?x=1&y=a%20b#part-2'
    const { where } = open(at)
    expect(await screen.findByText('please sign in')).toBeTruthy()
    const back = new URL(where(), 'http://localhost').searchParams.get('to') ?? ''
    // TanStack Router writes a blank as a plus
    expect(back.replace('+', '%20')).toBe(at)
  })
})

describe('guardRoute', () => {
  it('checks the resource with the scope’s rule', async () => {
    const rules = defineAccess({
      scopes: ['notes:write'],
      roles: {},
      rules: { 'notes:write': (who, note: { readonly owner: string }) => note.owner === who.id },
    })
    answers.set(ME, ok(200, view))
    const own = createAuth({ url: `${service.origin()}/auth`, access: rules, runtime: runtime() })
    const at = { at: '/notes', signIn: toSignIn }
    const refused = (): string => 'refused'
    const scope = 'notes:write'
    const mine = { owner: 'acc_1' }
    const wanted = guardRoute(own, at, { scope, resource: mine, refused })
    await expect(wanted).resolves.toMatchObject({ status: 'signed-in' })
    const theirs = guardRoute(own, at, { scope, resource: { owner: 'acc_2' }, refused })
    await expect(theirs).rejects.toBe('refused')
    // @ts-expect-error a scope with a rule needs its resource
    await expect(guardRoute(own, at, { scope, refused })).rejects.toBe('refused')
    // @ts-expect-error and one of the type that the rule looks at
    await guardRoute(own, at, { scope, resource: 1, refused }).catch(() => {})
  })
  it('lets a router that does not follow the address load again by itself', async () => {
    const again = vi.fn()
    await guardRoute(auth, { at: '/notes', signIn: toSignIn, again })
    answers.set(ME, refuse('account_locked'))
    await auth.refresh()
    expect(again).toHaveBeenCalledTimes(1)
  })
  it('keeps a page whose session has ended by itself if a `Resumable` holds it', async () => {
    const again = vi.fn()
    await guardRoute(auth, { at: '/notes', signIn: toSignIn, again })
    render(
      <AuthProvider auth={auth}>
        <Resumable signIn="sign in again">my notes</Resumable>
      </AuthProvider>,
    )
    answers.set(ME, refuse('session_ended'))
    await act(() => auth.refresh())
    expect(screen.getByText('sign in again')).toBeTruthy()
    expect(again).not.toHaveBeenCalled()
    answers.set(ME, ok(200, otherView))
    await act(() => auth.refresh())
    expect(again).toHaveBeenCalledTimes(1)
  })
  it('leaves a page hidden that hides itself', async () => {
    const { style } = document.documentElement
    style.visibility = 'hidden'
    await guardRoute(auth, { at: '/notes', signIn: toSignIn, again: () => {} })
    answers.set(ME, refuse('account_locked'))
    await auth.refresh()
    expect(style.visibility).toBe('hidden')
    style.visibility = ''
  })
  it('loads a page again whose path begins with two slashes', async () => {
    history.replaceState(null, '', `${location.origin}//notes#end`)
    await guardRoute(auth, { at: location.href, signIn: toSignIn })
    const pops = vi.fn()
    addEventListener('popstate', pops)
    answers.set(ME, refuse('account_locked'))
    await auth.refresh()
    removeEventListener('popstate', pops)
    expect(pops).toHaveBeenCalledTimes(1)
    history.replaceState(null, '', '/')
  })
  it('leads to no page of the service (browser F7)', async () => {
    answers.set(ME, refuse('not_signed_in'))
    createAuth({ url: '/auth' })
    await expect(guardRoute(auth, { at: '/auth/sessions', signIn: toSignIn })).rejects.toBe('/')
  })
  const toSignIn = (to: string): string => to
  it('never gives a way back to what was no `GET`, nor to another origin (P24)', async () => {
    answers.set(ME, refuse('not_signed_in'))
    const post = new Request('http://localhost/notes', { method: 'POST' })
    await expect(guardRoute(auth, { at: post, signIn: toSignIn })).rejects.toBe('/')
    await expect(guardRoute(auth, { at: '//evil.example', signIn: toSignIn })).rejects.toBe('/')
    const get = new Request(`${location.origin}//evil.example`)
    await expect(guardRoute(auth, { at: get, signIn: toSignIn })).rejects.toBe('/')
    await expect(guardRoute(auth, { at: '/notes?page=2', signIn: toSignIn })).rejects.toBe(
      '/notes?page=2',
    )
  })
  it('gives the loader the state', async () => {
    const state = await guardRoute(auth, { at: '/notes', signIn: toSignIn })
    await waitFor(() => expect(state.account?.id).toBe('acc_1'))
  })
})
