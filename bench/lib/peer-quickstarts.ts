/** What a peer takes for the same as ours: an Express API with one protected route, and a React page with three faces. */
export interface PeerQuickstart {
  /** The guide whose calls and options it uses, read on 2026-11-29. */
  readonly source: string
  /** Whether the peer brings the forms. */
  readonly forms: boolean
  readonly api: string
  readonly page: string
}

/**
 * Written by us with each peer's documented calls, in the fewest lines in which its guide writes them: forms if it has
 * some, else the smallest ones by hand. Keys and commands are not counted.
 */
export const peerQuickstarts: Readonly<Record<string, PeerQuickstart>> = {
  'Better Auth': {
    source: 'https://better-auth.com/docs/installation',
    forms: false,
    api: `
import { betterAuth } from 'better-auth'
import { fromNodeHeaders, toNodeHandler } from 'better-auth/node'
import Database from 'better-sqlite3'
const auth = betterAuth({
  database: new Database('./sqlite.db'),
  emailAndPassword: { enabled: true },
})
app.all('/api/auth/*splat', toNodeHandler(auth))
app.use('/users', async (request, response, next) => {
  const session = await auth.api.getSession({ headers: fromNodeHeaders(request.headers) })
  if (!session) return response.status(401).end()
  next()
})`,
    page: `
import { createAuthClient } from 'better-auth/react'
import { useState } from 'react'
const client = createAuthClient()
function Form() {
  const [problem, setProblem] = useState('')
  const [isNew, setNew] = useState(false)
  async function send(event) {
    event.preventDefault()
    const { email, password } = Object.fromEntries(new FormData(event.target))
    const { error } = isNew
      ? await client.signUp.email({ email, password, name: email })
      : await client.signIn.email({ email, password })
    setProblem(error?.message ?? '')
  }
  return (
    <form onSubmit={send}>
      <label>E-mail <input name="email" type="email" autoComplete="username" required /></label>
      <label>Password <input name="password" type="password" required /></label>
      <p role="alert">{problem}</p>
      <button>{isNew ? 'Sign up' : 'Sign in'}</button>
      <button type="button" onClick={() => setNew(!isNew)}>{isNew ? 'Sign in' : 'Sign up'}</button>
    </form>
  )
}
function Faces({ children }) {
  const { data, isPending } = client.useSession()
  if (isPending) return <p>Loading</p>
  if (!data) return <Form />
  return (
    <>
      <button onClick={() => client.signOut()}>Sign out</button>
      {children}
    </>
  )
}
    <Faces><App /></Faces>`,
  },
  Clerk: {
    source: 'https://clerk.com/docs/react/getting-started/quickstart',
    forms: true,
    api: `
import { clerkMiddleware, getAuth } from '@clerk/express'
app.use(clerkMiddleware())
app.use('/users', (request, response, next) => {
  if (!getAuth(request).isAuthenticated) return response.status(401).end()
  next()
})`,
    page: `
import { ClerkLoading, ClerkProvider, Show, SignIn, UserButton } from '@clerk/react'
const key = import.meta.env.VITE_CLERK_PUBLISHABLE_KEY
if (!key) throw new Error('Add your Clerk Publishable Key to the .env file')
    <ClerkProvider publishableKey={key} afterSignOutUrl="/">
      <ClerkLoading>Loading</ClerkLoading>
      <Show when="signed-out"><SignIn /></Show>
      <Show when="signed-in">
        <UserButton />
        <App />
      </Show>
    </ClerkProvider>
const { getToken } = useAuth()
const response = await fetch('/users', { headers: { Authorization: 'Bearer ' + (await getToken()) } })`,
  },
  SuperTokens: {
    source: 'https://supertokens.com/docs/quickstart',
    forms: true,
    api: `
import cors from 'cors'
import supertokens from 'supertokens-node'
import { errorHandler, middleware } from 'supertokens-node/framework/express'
import EmailPassword from 'supertokens-node/recipe/emailpassword'
import Session from 'supertokens-node/recipe/session'
import { verifySession } from 'supertokens-node/recipe/session/framework/express'
supertokens.init({
  framework: 'express',
  supertokens: { connectionURI: 'http://localhost:3567' },
  appInfo: {
    appName: 'app',
    apiDomain: 'http://localhost:3000',
    websiteDomain: 'http://localhost:5173',
  },
  recipeList: [EmailPassword.init(), Session.init()],
})
app.use(cors({
  origin: 'http://localhost:5173',
  allowedHeaders: ['content-type', ...supertokens.getAllCORSHeaders()],
  credentials: true,
}))
app.use(middleware())
app.use('/users', verifySession())
app.use(errorHandler())`,
    page: `
import * as router from 'react-router-dom'
import SuperTokens, { SuperTokensWrapper, getSuperTokensRoutesForReactRouterDom } from 'supertokens-auth-react'
import EmailPassword from 'supertokens-auth-react/recipe/emailpassword'
import { EmailPasswordPreBuiltUI } from 'supertokens-auth-react/recipe/emailpassword/prebuiltui'
import Session, { SessionAuth, signOut } from 'supertokens-auth-react/recipe/session'
SuperTokens.init({
  appInfo: {
    appName: 'app',
    apiDomain: 'http://localhost:3000',
    websiteDomain: 'http://localhost:5173',
  },
  recipeList: [EmailPassword.init(), Session.init()],
})
    <SuperTokensWrapper>
      <router.BrowserRouter>
        <router.Routes>
          {getSuperTokensRoutesForReactRouterDom(router, [EmailPasswordPreBuiltUI])}
          <router.Route path="/" element={<SessionAuth><App /></SessionAuth>} />
        </router.Routes>
      </router.BrowserRouter>
    </SuperTokensWrapper>
<button onClick={() => signOut()}>Sign out</button>`,
  },
  Supabase: {
    source: 'https://supabase.com/docs/guides/auth/quickstarts/react',
    forms: true,
    api: `
import { createClient } from '@supabase/supabase-js'
const supabase = createClient(process.env.SUPABASE_URL, process.env.SUPABASE_KEY)
app.use('/users', async (request, response, next) => {
  const token = request.headers.authorization?.replace('Bearer ', '')
  const { data, error } = await supabase.auth.getClaims(token)
  if (error || !data) return response.status(401).end()
  next()
})`,
    page: `
import { Auth } from '@supabase/auth-ui-react'
import { ThemeSupa } from '@supabase/auth-ui-shared'
import { createClient } from '@supabase/supabase-js'
import { useEffect, useState } from 'react'
const supabase = createClient(import.meta.env.VITE_SUPABASE_URL, import.meta.env.VITE_SUPABASE_KEY)
function Faces({ children }) {
  const [session, setSession] = useState(undefined)
  useEffect(() => {
    supabase.auth.getSession().then(({ data }) => setSession(data.session))
    const { data } = supabase.auth.onAuthStateChange((_event, next) => setSession(next))
    return () => data.subscription.unsubscribe()
  }, [])
  if (session === undefined) return <p>Loading</p>
  if (session === null) return <Auth supabaseClient={supabase} appearance={{ theme: ThemeSupa }} providers={[]} />
  return (
    <>
      <button onClick={() => supabase.auth.signOut()}>Sign out</button>
      {children}
    </>
  )
}
    <Faces><App /></Faces>
const { data } = await supabase.auth.getSession()
const response = await fetch('/users', { headers: { Authorization: 'Bearer ' + data.session.access_token } })`,
  },
}
