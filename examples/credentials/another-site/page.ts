/** A page on another site, in bearer mode. It has no cookies, and its tokens are in its memory. */
import { createBearerAuth } from '@keyhaven/client/native'
import type { Result } from '@keyhaven/client'

const api = 'http://localhost:4001/api'
const auth = createBearerAuth({
  url: 'http://localhost:4000/auth',
  origins: [new URL(api).origin],
})

const form = document.querySelector('form')
const leave = document.querySelector('button#sign-out')
const status = document.querySelector('[role=status]')

function show(text: string): void {
  if (status !== null) status.textContent = text
}
function showResult(result: Result): void {
  if (!result.ok) show(result.error.detail)
}

auth.subscribe(async () => {
  const { account } = auth.state
  form?.toggleAttribute('hidden', account !== undefined)
  leave?.toggleAttribute('hidden', account === undefined)
  if (account === undefined) return show('Signed out. A reload signs out too.')
  const notes = await auth.fetch(`${api}/notes`)
  show(`Signed in as ${account.email}. The notes API answers ${notes.status}.`)
})
form?.addEventListener('submit', async (event) => {
  event.preventDefault()
  const typed = new FormData(form)
  const [login, password] = [String(typed.get('login')), String(typed.get('password'))]
  showResult(await auth.signIn({ login, password, device: 'Page on another site' }))
})
leave?.addEventListener('click', async () => showResult(await auth.signOut()))
