// @vitest-environment jsdom
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { claim, defineAccess, defineClaims } from '@keyhaven/core/access'
import type { StandardSchema } from '@keyhaven/core/access'
import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { renderToString } from 'react-dom/server'
import { memo, StrictMode, startTransition, Suspense, useState } from 'react'
import type { ReactElement } from 'react'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { createAuth } from '@keyhaven/client'
import type { Auth, Runtime } from '@keyhaven/client'
import { aloneRuntime } from './alone-runtime.ts'
import {
  AuthProvider,
  Restricted,
  Resumable,
  SignedIn,
  SignedOut,
  useAuth,
  useEndingSoon,
  useSettledAuth,
  useStepUp,
} from '@keyhaven/client/react'
import { guardRoute } from '@keyhaven/client/router'

const access = defineAccess({
  scopes: ['notes:read', 'notes:write', 'notes:admin'],
  roles: {},
  rules: { 'notes:write': (who, note: { readonly owner: string }) => note.owner === who.id },
})

const view = {
  account: { id: 'acc_1', name: 'Mira', email: 'a@example.com' },
  claims: {},
  scope: ['notes:read'],
  roles: [],
  xsrfToken: 'xsrf-of-the-page',
  session: { id: 'ses_1', expiresIn: 600, renewIn: 400, idleExpiresIn: 28_800 },
}

/** A store whose network answers when the test says so. */
function store(more: Partial<Runtime> = {}): {
  auth: Auth
  answer: (status: number, body: unknown) => void
  calls: () => number
} {
  let resolve: (response: Response) => void = () => {}
  let calls = 0
  const auth = createAuth({
    url: '/auth',
    access,
    runtime: {
      ...aloneRuntime,
      ...more,
      fetch: () => {
        calls++
        return new Promise((done) => (resolve = done))
      },
    },
  })
  return {
    auth,
    calls: () => calls,
    answer: (status, body) => {
      const type = status < 300 ? 'application/json' : 'application/problem+json'
      const text = body === undefined ? null : JSON.stringify(body)
      resolve(new Response(text, { status, headers: { 'content-type': type } }))
    },
  }
}

function Faces(): ReactElement {
  const { state } = useAuth()
  return (
    <>
      <p>status {state.status}</p>
      <SignedIn>
        <p>hello {state.account?.name}</p>
      </SignedIn>
      <SignedOut>
        <p>please sign in</p>
      </SignedOut>
      <Restricted to="notes:read" fallback={<p>no reading</p>}>
        <p>reading</p>
      </Restricted>
      <Restricted to="notes:admin" fallback={<p>no ruling</p>}>
        <p>ruling</p>
      </Restricted>
    </>
  )
}

const app = (auth: Auth): ReactElement => (
  <StrictMode>
    <AuthProvider auth={auth}>
      <Faces />
    </AuthProvider>
  </StrictMode>
)

afterEach(() => {
  cleanup()
  document.body.replaceChildren()
})

describe('AuthProvider', () => {
  it('shows no face while loading, then the right one, by one call in StrictMode', async () => {
    const { auth, answer, calls } = store()
    render(app(auth))
    expect(screen.queryByText(/hello|please|reading|ruling/)).toBeNull()
    answer(200, view)
    expect(await screen.findByText('hello Mira')).toBeTruthy()
    expect(screen.queryByText('please sign in')).toBeNull()
    expect(screen.getByText('reading')).toBeTruthy()
    expect(screen.getByText('no ruling')).toBeTruthy()
    expect(calls()).toBe(1)
  })
  it('shows the signed-out face on the service’s answer', async () => {
    const { auth, answer } = store()
    render(app(auth))
    answer(401, { code: 'not_signed_in' })
    expect(await screen.findByText('please sign in')).toBeTruthy()
    expect(screen.getByText('no reading')).toBeTruthy()
  })
  it('keeps two stores in one page apart', async () => {
    const [one, other] = [store(), store()]
    render(
      <>
        {app(one.auth)}
        {app(other.auth)}
      </>,
    )
    one.answer(200, view)
    expect(await screen.findByText('hello Mira')).toBeTruthy()
    expect(screen.getByText('status loading')).toBeTruthy()
  })
  it('gives the nearest store if one provider is inside another', async () => {
    const [outer, inner] = [store(), store()]
    render(
      <AuthProvider auth={outer.auth}>
        <SignedIn>outer in</SignedIn>
        <AuthProvider auth={inner.auth}>
          <SignedOut>inner out</SignedOut>
          <SignedIn>inner in</SignedIn>
        </AuthProvider>
      </AuthProvider>,
    )
    outer.answer(200, view)
    inner.answer(401, { code: 'not_signed_in' })
    expect(await screen.findByText(/inner out/)).toBeTruthy()
    expect(await screen.findByText(/outer in/)).toBeTruthy()
    expect(screen.queryByText(/inner in/)).toBeNull()
  })
  it('lets a page from the server stand, though the store knows more by then', async () => {
    const { auth, answer } = store()
    const place = document.body.appendChild(document.createElement('div'))
    place.innerHTML = renderToString(app(auth))
    const refreshed = auth.refresh()
    answer(200, view)
    await refreshed
    const faults: unknown[] = []
    render(app(auth), {
      container: place,
      hydrate: true,
      onRecoverableError: (fault) => faults.push(fault),
    })
    expect(await screen.findByText('hello Mira')).toBeTruthy()
    expect(faults).toEqual([])
  })
  it('renders on a server as loading, and calls nothing', () => {
    const { auth, calls } = store()
    expect(renderToString(app(auth))).toContain('status <!-- -->loading')
    expect(calls()).toBe(0)
  })
  it('is not needed for the store of the page, and on a server it is', async () => {
    const { answer, calls } = store({ base: () => document.baseURI })
    render(<Faces />)
    answer(200, view)
    expect(await screen.findByText('hello Mira')).toBeTruthy()
    expect(calls()).toBe(1)
    vi.stubGlobal('document', undefined)
    expect(() => renderToString(<Faces />)).toThrow(
      'on a server put <AuthProvider auth={…}> around',
    )
    vi.unstubAllGlobals()
  })
})

describe('SignedIn, SignedOut, Restricted', () => {
  const faces = (auth: Auth): ReactElement => (
    <AuthProvider auth={auth}>
      <SignedIn fallback="[please sign in]" loading="[wait 1]">
        [in]
      </SignedIn>
      <SignedOut fallback="[you are in]" loading="[wait 2]">
        [out]
      </SignedOut>
      <Restricted<typeof access> to="notes:admin" fallback="[may not]" loading="[wait 3]">
        [may]
      </Restricted>
    </AuthProvider>
  )
  const text = (): string => document.body.textContent

  it('show no face and no fallback before the service has answered, nor offline (P17)', async () => {
    const { auth, answer } = store()
    render(faces(auth))
    expect(text()).toBe('[wait 1][wait 2][wait 3]')
    answer(503, { code: 'unavailable' })
    await waitFor(() => expect(auth.state.status).toBe('offline'))
    expect(text()).toBe('[wait 1][wait 2][wait 3]')
  })
  it('show what the service said, and change with it', async () => {
    const { auth, answer } = store()
    render(faces(auth))
    answer(200, { ...view, scope: ['notes:admin'] })
    await waitFor(() => expect(text()).toBe('[in][you are in][may]'))
    void auth.refresh()
    answer(200, view)
    await waitFor(() => expect(text()).toBe('[in][you are in][may not]'))
    void auth.refresh()
    answer(401, { code: 'session_ended' })
    await waitFor(() => expect(text()).toBe('[please sign in][out][may not]'))
  })
  it('never draw a wrong face on the way', async () => {
    const { auth, answer } = store()
    const drawn = new Set<string>()
    const observer = new MutationObserver(() => drawn.add(text()))
    observer.observe(document.body, { childList: true, characterData: true, subtree: true })
    render(<StrictMode>{faces(auth)}</StrictMode>)
    answer(200, view)
    await waitFor(() => expect(text()).toBe('[in][you are in][may not]'))
    await waitFor(() => expect(drawn).toContain('[in][you are in][may not]'))
    observer.disconnect()
    drawn.delete('[wait 1][wait 2][wait 3]')
    expect([...drawn]).toEqual(['[in][you are in][may not]'])
  })
  it('check the resource with the scope’s rule', async () => {
    const { auth, answer } = store()
    const note = (owner?: string): ReactElement => (
      <Restricted to="notes:write" {...(owner && { resource: { owner } })} fallback="[no]">
        [yes]
      </Restricted>
    )
    render(
      <AuthProvider auth={auth}>
        {note('acc_1')}
        {note('acc_2')}
        {note()}
      </AuthProvider>,
    )
    answer(200, { ...view, scope: ['notes:write'] })
    await waitFor(() => expect(text()).toBe('[yes][no][no]'))
  })
  it('know the scopes of the access module', () => {
    // @ts-expect-error a misspelt scope does not compile
    const misspelt = <Restricted<typeof access> to="notes:amdin" />
    expect(misspelt.props).toEqual({ to: 'notes:amdin' })
  })
  it('take a store that knows the claims module (source 21)', () => {
    const schema: StandardSchema<string> = {
      '~standard': { version: 1, vendor: 'test', validate: () => ({ value: '' }) },
    }
    const claims = defineClaims({ plan: claim.page(schema) })
    const auth = createAuth({ access, claims, runtime: aloneRuntime })
    function Plan(): ReactElement {
      const plan: string | undefined = useAuth<typeof access, typeof claims>().state.claims?.plan
      return <p>plan {plan}</p>
    }
    const page = (
      <AuthProvider auth={auth}>
        <Plan />
      </AuthProvider>
    )
    expect(renderToString(page)).toBe('<p>plan </p>')
  })
  it('want the resource of a scope that has a rule, and of its type (source 21)', () => {
    // @ts-expect-error no resource
    const bare = <Restricted<typeof access> to="notes:write" />
    // @ts-expect-error another type
    const wrong = <Restricted<typeof access> to="notes:write" resource={1} />
    const right = <Restricted<typeof access> to="notes:write" resource={{ owner: 'acc_1' }} />
    // @ts-expect-error a scope without a rule has no resource
    const needless = <Restricted<typeof access> to="notes:read" resource={1} />
    expect([bare, wrong, right, needless]).toHaveLength(4)
  })
})

describe('useAuth', () => {
  it('reaches children that are drawn again only when what they are given changes', async () => {
    const { auth, answer } = store()
    const Name = memo((props: { auth: Auth }) => <p>name {props.auth.state.account?.name}</p>)
    function Parent(): ReactElement {
      return <Name auth={useAuth()} />
    }
    render(
      <AuthProvider auth={auth}>
        <Parent />
      </AuthProvider>,
    )
    answer(200, view)
    expect(await screen.findByText('name Mira')).toBeTruthy()
  })
})

describe('a page from the server whose store knows more by then', () => {
  async function hydrated(page: (auth: Auth) => ReactElement): Promise<unknown[]> {
    const { auth, answer } = store()
    const place = document.body.appendChild(document.createElement('div'))
    place.innerHTML = renderToString(page(auth))
    const refreshed = auth.refresh()
    answer(200, view)
    await refreshed
    const faults: unknown[] = []
    const onRecoverableError = (fault: unknown): void => void faults.push(fault)
    render(page(auth), { container: place, hydrate: true, onRecoverableError })
    return faults
  }
  it('is hydrated without a mismatch, also if it calls `can` itself (source 17)', async () => {
    function Own(): ReactElement {
      const { can, state } = useAuth()
      return can('notes:read') ? <button>read as {state.status}</button> : <span>no</span>
    }
    const faults = await hydrated((auth) => (
      <AuthProvider auth={auth}>
        <Own />
      </AuthProvider>
    ))
    expect(await screen.findByText('read as signed-in')).toBeTruthy()
    expect(faults).toEqual([])
  })
  it('waits in Suspense no longer than it has to', async () => {
    function Waiting(): ReactElement {
      return <p>settled {useSettledAuth().state.status}</p>
    }
    await hydrated((auth) => (
      <AuthProvider auth={auth}>
        <Suspense fallback={<p>one moment</p>}>
          <Waiting />
        </Suspense>
      </AuthProvider>
    ))
    expect(await screen.findByText('settled signed-in')).toBeTruthy()
  })
})

describe('useSettledAuth', () => {
  it('draws nothing while a page that came back waits for its answer (source 16)', async () => {
    let restore: () => void = () => {}
    const { auth, answer } = store({
      watch: (listener) => {
        restore = () => listener('restored')
      },
    })
    let drawn = 0
    function Counting(): ReactElement {
      drawn += 1
      return <p>settled {useSettledAuth().state.status}</p>
    }
    const done = auth.refresh()
    answer(200, view)
    await done
    // A guard has looked at the store when it was known already
    await guardRoute(auth, { at: '/', signIn: () => 'never' })
    render(
      <AuthProvider auth={auth}>
        <Suspense fallback={<p>one moment</p>}>
          <Counting />
        </Suspense>
      </AuthProvider>,
    )
    expect(screen.getByText('settled signed-in')).toBeTruthy()
    act(restore)
    expect(screen.getByText('one moment')).toBeTruthy()
    const before = drawn
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(drawn - before).toBeLessThan(5)
    answer(401, { code: 'session_ended' })
    expect(await screen.findByText('settled signed-out')).toBeTruthy()
  })
  function Waiting(): ReactElement {
    const { state } = useSettledAuth()
    return <p>settled {state.status}</p>
  }
  it.each([
    ['signed-in', 200, view],
    ['signed-out', 401, { code: 'not_signed_in' }],
    ['offline', 503, { code: 'unavailable' }],
  ])('waits in Suspense until it is %s, by one call', async (status, code, body) => {
    const { auth, answer, calls } = store()
    const drawn: string[] = []
    const observer = new MutationObserver(() => drawn.push(document.body.textContent))
    observer.observe(document.body, { childList: true, characterData: true, subtree: true })
    render(
      <StrictMode>
        <AuthProvider auth={auth}>
          <Suspense fallback={<p>one moment</p>}>
            <Waiting />
            <Waiting />
          </Suspense>
        </AuthProvider>
      </StrictMode>,
    )
    expect(screen.getByText('one moment')).toBeTruthy()
    answer(code, body)
    expect(await screen.findAllByText(`settled ${status}`)).toHaveLength(2)
    observer.disconnect()
    expect(drawn.some((text) => text.includes('settled loading'))).toBe(false)
    expect(calls()).toBe(1)
  })
})

describe('Resumable', () => {
  const form = (auth: Auth): ReactElement => (
    <StrictMode>
      <AuthProvider auth={auth}>
        <Resumable signIn={<p>sign in again</p>} loading={<p>one moment</p>}>
          <Restricted to="notes:read">
            <input aria-label="text" defaultValue="" />
          </Restricted>
        </Resumable>
      </AuthProvider>
    </StrictMode>
  )
  const field = (): HTMLInputElement | null => document.querySelector('input')
  const isSeen = (element: HTMLElement | null): boolean =>
    element !== null && element.closest('[style*="none"]') === null

  async function filled(): Promise<ReturnType<typeof store>> {
    const opened = store()
    render(form(opened.auth))
    expect(screen.getByText('one moment')).toBeTruthy()
    expect(field()).toBeNull()
    opened.answer(200, view)
    await waitFor(() => expect(isSeen(field())).toBe(true))
    fireEvent.change(field() as HTMLInputElement, { target: { value: 'a long text' } })
    return opened
  }
  async function asked({ auth, answer }: ReturnType<typeof store>, reply: [number, object]) {
    const done = auth.refresh()
    answer(...reply)
    await act(() => done)
  }

  it('keeps a form that its session’s end interrupts, and gives it back (P24)', async () => {
    const opened = await filled()
    await asked(opened, [401, { code: 'session_ended' }])
    expect(screen.getByText('sign in again')).toBeTruthy()
    expect(isSeen(field())).toBe(false)
    const back = opened.auth.signIn({ login: 'a', password: 'b' })
    opened.answer(200, { ...view, session: { ...view.session, id: 'ses_2' } })
    await act(() => back)
    expect(screen.queryByText('sign in again')).toBeNull()
    expect(isSeen(field())).toBe(true)
    expect(field()?.value).toBe('a long text')
  })
  it('keeps nothing for another user (P28)', async () => {
    const opened = await filled()
    await asked(opened, [401, { code: 'session_ended' }])
    const other = { ...view, account: { id: 'acc_2' }, session: { ...view.session, id: 'ses_2' } }
    await asked(opened, [200, other])
    expect(isSeen(field())).toBe(true)
    expect(field()?.value).toBe('')
  })
  it.each([
    ['account_locked'],
    ['signed_out'],
    // In another tab, whose message did not come
    ['not_signed_in'],
  ])('keeps nothing after %s (P28)', async (code) => {
    const opened = await filled()
    if (code === 'signed_out') {
      const left = opened.auth.signOut()
      opened.answer(204, undefined)
      await act(() => left)
    } else await asked(opened, [401, { code }])
    expect(screen.getByText('sign in again')).toBeTruthy()
    expect(field()).toBeNull()
    await asked(opened, [200, { ...view, session: { ...view.session, id: 'ses_2' } }])
    expect(field()?.value).toBe('')
  })
})

describe('Resumable and what is never drawn', () => {
  it('keeps the form that was shown, not a view that a given-up navigation began (source 14)', async () => {
    const { auth, answer } = store()
    const never = new Promise<never>(() => {})
    function Slow(): ReactElement {
      throw never
    }
    let go: (to: string) => void = () => {}
    function App(): ReactElement {
      const [tab, setTab] = useState('form')
      go = setTab
      return (
        <Suspense fallback={<p>never shown</p>}>
          <Resumable signIn={<p>sign in again</p>}>
            <SignedIn>{tab === 'form' ? <input aria-label="text" /> : <h1>other</h1>}</SignedIn>
          </Resumable>
          {tab === 'other' && <Slow />}
        </Suspense>
      )
    }
    render(
      <AuthProvider auth={auth}>
        <App />
      </AuthProvider>,
    )
    await act(async () => {
      answer(200, view)
      await auth.refresh()
    })
    const field = (): HTMLInputElement | null => document.querySelector('input')
    fireEvent.change(field() as HTMLInputElement, { target: { value: 'a long text' } })
    // The transition never ends: the form is still shown
    act(() => startTransition(() => go('other')))
    const ended = auth.refresh()
    answer(401, { code: 'session_ended' })
    await act(() => ended)
    expect(screen.getByText('sign in again')).toBeTruthy()
    expect(document.querySelector('h1')).toBeNull()
    expect(field()?.value).toBe('a long text')
    act(() => go('form'))
    const back = auth.refresh()
    answer(200, { ...view, session: { ...view.session, id: 'ses_2' } })
    await act(() => back)
    expect(screen.queryByText('sign in again')).toBeNull()
    expect(field()?.value).toBe('a long text')
  })
  it('keeps what a component of the app draws by `useAuth` itself', async () => {
    const { auth, answer } = store()
    function Own(): ReactElement | null {
      const { state, can } = useAuth()
      return state.account && can('notes:read') ? <input aria-label={state.account.id} /> : null
    }
    render(
      <AuthProvider auth={auth}>
        <Resumable signIn={<p>sign in again</p>}>
          <Own />
        </Resumable>
      </AuthProvider>,
    )
    await act(async () => {
      answer(200, view)
      await auth.refresh()
    })
    const field = document.querySelector('input') as HTMLInputElement
    fireEvent.change(field, { target: { value: 'a long text' } })
    const ended = auth.refresh()
    answer(401, { code: 'session_ended' })
    await act(() => ended)
    expect(document.querySelector('input')).toBe(field)
    const style = field.closest('div')?.style.display
    expect(style).toBe('none')
  })
})

describe('useStepUp', () => {
  function Dialog(): ReactElement {
    const wanted = useStepUp()
    return wanted ? (
      <button type="button" onClick={wanted.cancel}>
        {`${wanted.waiting} waits`}
      </button>
    ) : (
      <p>none waits</p>
    )
  }
  it('is there while a call waits for a step-up, also under StrictMode, and cancels it', async () => {
    const { auth, answer } = store()
    render(
      <StrictMode>
        <AuthProvider auth={auth}>
          <SignedIn>
            <Dialog />
          </SignedIn>
        </AuthProvider>
      </StrictMode>,
    )
    answer(200, view)
    await screen.findByText('none waits')
    const asked = auth.fetch('/api/keys', { method: 'POST' })
    await act(() => Promise.resolve())
    answer(401, { code: 'step_up_required', status: 401, max_age: 600 })
    fireEvent.click(await screen.findByText('1 waits'))
    expect((await asked).status).toBe(401)
    await screen.findByText('none waits')
  })
})

describe('useEndingSoon', () => {
  it('gives a banner that is mounted after the warning the time that is left then (source 20)', async () => {
    let clock = 0
    const timers: (() => void)[] = []
    const { auth, answer } = store({
      now: () => clock,
      after: (_milliseconds, call) => {
        timers.push(call)
        return () => {}
      },
    })
    const boot = auth.refresh()
    const short = { ...view.session, expiresIn: 300, renewIn: 200, idleExpiresIn: 300 }
    answer(200, { ...view, session: short })
    await boot
    clock = 180_000
    timers.at(-1)?.()
    clock = 200_000
    render(
      <StrictMode>
        <AuthProvider auth={auth}>
          <Banner />
        </AuthProvider>
      </StrictMode>,
    )
    expect(screen.getByText('ends in 100 s: idle')).toBeTruthy()
  })
  function Banner(): ReactElement {
    const soon = useEndingSoon()
    return <p>{soon ? `ends in ${soon.endsIn} s: ${soon.because}` : 'all is well'}</p>
  }
  it('returns the time left until the session is renewed', async () => {
    let clock = 0
    const timers: (() => void)[] = []
    const { auth, answer } = store({
      now: () => clock,
      after: (_milliseconds, call) => {
        timers.push(call)
        return () => {}
      },
    })
    render(
      <AuthProvider auth={auth}>
        <Banner />
      </AuthProvider>,
    )
    const short = { ...view.session, expiresIn: 300, renewIn: 200, idleExpiresIn: 300 }
    answer(200, { ...view, session: short })
    await waitFor(() => expect(auth.state.status).toBe('signed-in'))
    expect(screen.getByText('all is well')).toBeTruthy()
    clock = 200_000
    act(() => timers.at(-1)?.())
    expect(screen.getByText('ends in 100 s: idle')).toBeTruthy()
    const renewed = auth.refresh()
    answer(200, view)
    await act(() => renewed)
    expect(screen.getByText('all is well')).toBeTruthy()
  })
})

describe('a page in a browser', () => {
  const spies = ['setItem', 'removeItem', 'clear'].map((name) =>
    vi.spyOn(Storage.prototype, name as 'getItem'),
  )
  const cookie = vi.spyOn(document, 'cookie', 'set')
  const server = createServer((request, response) => {
    const body = JSON.stringify(view)
    const type = 'application/json'
    const ok = request.method === 'POST' ? 201 : 200
    response.setHeader('access-control-allow-origin', location.origin)
    response.setHeader('access-control-allow-credentials', 'true')
    response.setHeader('access-control-allow-headers', 'content-type, x-xsrf-token')
    response.setHeader('access-control-allow-methods', 'DELETE')
    if (request.method === 'DELETE') response.writeHead(204).end()
    else response.writeHead(ok, { 'content-type': type }).end(body)
  })
  afterAll(() => server.close())

  it('stores nothing anywhere, from boot to sign-out (R50, SES-7)', async () => {
    const globalsBefore = Object.keys(window)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const auth = createAuth({ url: `http://127.0.0.1:${port}/auth` })
    render(app(auth))
    expect(await screen.findByText('hello Mira')).toBeTruthy()
    expect(await auth.signIn({ login: 'a', password: 'b' })).toMatchObject({ ok: true })
    expect(JSON.stringify([{ ...auth }, Object.values(auth)])).not.toContain('xsrf-of-the-page')
    expect(await auth.signOut()).toMatchObject({ ok: true })
    expect(await screen.findByText('please sign in')).toBeTruthy()
    for (const spy of [...spies, cookie]) expect(spy).not.toHaveBeenCalled()
    expect(localStorage.length + sessionStorage.length).toBe(0)
    expect(document.cookie).toBe('')
    expect(Object.keys(window)).toEqual(globalsBefore)
  })
  it('requests the session when the browser restores it from its cache, and shows no account meanwhile (P28)', async () => {
    const { port } = server.address() as AddressInfo
    const auth = createAuth({ url: `http://127.0.0.1:${port}/auth` })
    render(app(auth))
    expect(await screen.findByText('hello Mira')).toBeTruthy()
    act(() => {
      window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: false }))
    })
    expect(screen.getByText('hello Mira')).toBeTruthy()
    act(() => {
      window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))
    })
    expect(screen.queryByText('hello Mira')).toBeNull()
    expect(await screen.findByText('hello Mira')).toBeTruthy()
  })
})
