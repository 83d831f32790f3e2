// @vitest-environment jsdom
import { cleanup, render, screen } from '@testing-library/react'
import { renderToString } from 'react-dom/server'
import { StrictMode } from 'react'
import type { ReactElement } from 'react'
import { afterEach, describe, expect, it } from 'vitest'
import { createAuth } from './index.ts'
import type { Auth } from './index.ts'
import { AuthProvider, Restricted, SignedIn, SignedOut, useAuth } from './react.ts'

const view = {
  account: { id: 'acc_1', name: 'Mira', email: 'a@example.com' },
  claims: {},
  scope: ['notes:read'],
  roles: [],
  xsrfToken: 'x',
  session: { renewIn: 400 },
}

/** A store whose network answers when the test says so. */
function store(): {
  auth: Auth
  answer: (status: number, body: unknown) => void
  calls: () => number
} {
  let resolve: (response: Response) => void = () => {}
  let calls = 0
  const auth = createAuth({
    url: '/auth',
    runtime: {
      fetch: () => {
        calls++
        return new Promise((done) => (resolve = done))
      },
      now: () => 0,
      page: () => 'http://localhost/',
      onReturn: () => {},
    },
  })
  const headers = { 'content-type': 'application/problem+json' }
  return {
    auth,
    calls: () => calls,
    answer: (status, body) => resolve(new Response(JSON.stringify(body), { status, headers })),
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

afterEach(cleanup)

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
    answer(401, { code: 'not_signed_in', type: 'urn:keyhaven:error:not_signed_in' })
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
  it('renders on a server as loading, and calls nothing', () => {
    const { auth, calls } = store()
    expect(renderToString(app(auth))).toContain('status <!-- -->loading')
    expect(calls()).toBe(0)
  })
  it('says what is missing where no provider stands above', () => {
    expect(() => renderToString(<Faces />)).toThrow('put <AuthProvider auth={…}> around')
  })
})
