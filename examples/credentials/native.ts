/** A person on a phone or a command line: signs in, reads notes, refreshes, signs out. */
import { createNativeAuth, memoryStorage } from '@keyhaven/client/native'
import { api, editor, service } from './places.ts'

/** The origin that a web view sends, such as capacitor://localhost; other programs send none. */
const { ORIGIN } = process.env

/** Sends as a web view does: with its origin. It gives its page only answers that allow this origin. */
function webView(origin: string, send: typeof fetch): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init)
    request.headers.set('origin', origin)
    const answer = await send(request)
    if (answer.headers.get('access-control-allow-origin') === origin) return answer
    throw new TypeError(`${request.url} does not allow ${origin}`)
  }
}
if (ORIGIN !== undefined) globalThis.fetch = webView(ORIGIN, globalThis.fetch)

const auth = createNativeAuth({
  url: service,
  origins: [new URL(api).origin],
  // In an app: `capacitorStorage` or `expoStorage`, which use the key store of the device
  storage: memoryStorage(),
})

const signedIn = await auth.signIn({ ...editor, device: 'Example app' })
if (!signedIn.ok) throw new Error(signedIn.error.detail)
console.log(`signed in as ${auth.state.account?.email}, from ${ORIGIN ?? 'no origin'}`)

const notes = await auth.fetch(`${api}/notes`)
console.log(`notes: ${notes.status}`)

const list = await auth.sessions()
if (!list.ok) throw new Error(list.error.detail)
const mine = list.items.find(({ id }) => id === auth.state.session?.id)
console.log(`my session in the list: ${mine?.device}, client ${mine?.client}`)

const signedOut = await auth.signOut()
if (!signedOut.ok) throw new Error(signedOut.error.detail)
console.log(`signed out; notes: ${(await auth.fetch(`${api}/notes`)).status}`)
