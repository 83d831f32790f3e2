/** The time to the right view of a sign-in page on a slow link, in a real browser, beside pages of other libraries. */
import { launchChromium } from '@keyhaven/stage/browser/chromium'
import { emptySite, serveApp } from './lib/app-site.ts'
import type { AppPage } from './lib/app-site.ts'
import { pageWithForms } from './lib/form-peers.ts'
import { median, send } from './lib/load.ts'
import { machine } from './lib/measure.ts'
import { keyhavenServer, loadOnEveryCore, peer } from './lib/servers.ts'
import { visit } from './lib/visit.ts'
import type { Visit, Visited } from './lib/visit.ts'

loadOnEveryCore()
const ROUNDS = 5
/** About that of a phone at the edge of its cell. */
const link = { kilobits: 400, roundTrip: 400 }
const person = { email: 'person@example.com', password: 'correct horse battery', name: 'Person' }
const form = 'input[type=password]'
const name = `text=${person.email}`

/** An app that shows a form to visitors, and their address to those who are signed in. */
const ourApp = `import { createAuth } from '@keyhaven/client'
  import '@keyhaven/client/elements'
  import '@keyhaven/client/elements.css'
  const auth = createAuth()
  const root = document.getElementById('root')
  const form = document.createElement('keyhaven-sign-in')
  form.auth = auth
  const show = () => {
    const { status, account } = auth.state
    if (account) root.textContent = account.email
    else if (status !== 'loading' && !form.isConnected) root.replaceChildren(form)
  }
  auth.subscribe(show)
  show()`
/** The same with a library that brings no form. */
const betterAuthApp = `import { createAuthClient } from 'better-auth/client'
  const auth = createAuthClient()
  const { data } = await auth.getSession()
  const form = '<form><input type="email"><input type="password"><button>Sign in</button></form>'
  if (data) document.getElementById('root').textContent = data.user.email
  else document.getElementById('root').innerHTML = form`

/** The cookies of a browser that has signed up. */
async function cookiesAt(url: string, origin: string): Promise<string> {
  const { cookies, body } = await send({ method: 'POST', url, headers: { origin }, body: person })
  if (cookies.length === 0) throw new Error(body)
  return cookies.join('; ')
}

const site = await emptySite()
const service = await keyhavenServer({ environment: { KEYHAVEN_URL: `${site.origin}/auth` } })
const better = await peer('better-auth', ':memory:', 'off')
const apps = await Promise.all([
  serveApp(
    {
      name: 'keyhaven',
      contents: ourApp,
      calls: { path: '/auth', to: new URL(service.address).origin },
    },
    site,
  ),
  ...(
    [
      { name: 'better-auth', contents: betterAuthApp, calls: { path: '/api', to: better.address } },
      pageWithForms('supertokens'),
      pageWithForms('supabase'),
    ] satisfies AppPage[]
  ).map(async (page) => serveApp(page, await emptySite())),
])
const [own = '', betterAuth = '', superTokens = '', supabase = ''] = apps.map(
  ({ origin }) => origin,
)
const ours = await cookiesAt(`${service.address}/accounts`, service.origin)
const theirs = await cookiesAt(`${better.address}/api/auth/sign-up/email`, better.address)
const contenders: Readonly<Record<string, Visited>> = {
  'our page, signed out': { url: `${own}/auth/pages/sign-in`, shows: form },
  'app with our element, signed out': { url: own, shows: form },
  'app with our element, signed in': { url: own, shows: name, cookie: ours },
  'Better Auth, form by hand, signed out': { url: betterAuth, shows: form },
  'Better Auth, signed in': { url: betterAuth, shows: name, cookie: theirs },
  'SuperTokens, prebuilt UI, signed out': { url: `${superTokens}/auth`, shows: form },
  'Supabase, Auth UI, signed out': { url: supabase, shows: form },
}
const browser = await launchChromium()
const visits = new Map(Object.keys(contenders).map((one): [string, Visit[]] => [one, []]))
for (let round = 0; round < ROUNDS; round++) {
  for (const [one, visited] of Object.entries(contenders)) {
    visits.get(one)?.push(await visit(browser, { ...visited, link }))
  }
}
console.log(`\nFirst right view at ${link.kilobits} kbit/s and ${link.roundTrip} ms (${machine()})`)
for (const [one, seen] of visits) {
  const times = seen.map(({ milliseconds }) => milliseconds)
  const { requests = 0, calls = 0, bytes = 0 } = seen.at(-1) ?? {}
  console.log(
    `  ${one.padEnd(40)}${median(times).toFixed(0).padStart(7)} ms   (${Math.min(...times).toFixed(0)} to ${Math.max(...times).toFixed(0)})` +
      `  ${requests} requests, ${calls} of them calls, ${bytes} bytes`,
  )
}
await browser.close()
await Promise.all([...apps, service, better].map((one) => one.stop()))
process.exit()
