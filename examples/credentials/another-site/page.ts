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

/** The text of a field of the form. */
function typed(name: string): string {
  return form?.querySelector<HTMLInputElement>(`[name=${name}]`)?.value ?? ''
}
async function showUser(): Promise<void> {
  const { account } = auth.state
  form?.toggleAttribute('hidden', account !== undefined)
  leave?.toggleAttribute('hidden', account === undefined)
  if (account === undefined) return show('Signed out. A reload signs out too.')
  const notes = await auth.fetch(`${api}/notes`)
  show(`Signed in as ${account.email}. The notes API answers ${notes.status}.`)
}
async function signIn(): Promise<void> {
  const [login, password] = [typed('login'), typed('password')]
  showResult(await auth.signIn({ login, password, device: 'Page on another site' }))
}
async function signOut(): Promise<void> {
  showResult(await auth.signOut())
}

auth.subscribe(() => void showUser())
form?.addEventListener('submit', (event) => {
  event.preventDefault()
  void signIn()
})
leave?.addEventListener('click', () => void signOut())
