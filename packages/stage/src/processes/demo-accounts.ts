import type { Browser, BrowserContext, Page } from 'playwright-core'
import type { NotesApp } from './notes-app.ts'

/** E-mail address, name and password of the accounts of `npm start`, of a supporter, and of one with long names. */
export const demoAccounts = {
  reader: ['reader@example.com', 'Rita Reader', 'quiet-lantern-reads'],
  editor: ['editor@example.com', 'Edda Editor', 'brave-pencil-writes'],
  admin: ['admin@example.com', 'Ada Admin', 'calm-lighthouse-sees'],
  support: ['support@example.com', 'Sam Support', 'kind-compass-helps'],
  long: [
    'donaudampfschifffahrtsgesellschaft@kapitaens-muetzen-kapitaens-muetzen-fabrik.example',
    'Maximiliane-Alexandra von Hohenberg-Oberstdorf zu Rabenstein-Wolkenburg',
    'steady-harbour-waits',
  ],
} as const

/** The key of one of these accounts. */
export type DemoAccount = keyof typeof demoAccounts

/** Creates these accounts by the command line, each with the role of its key. */
export async function makeAccounts(
  { service }: NotesApp,
  names: readonly DemoAccount[],
): Promise<void> {
  const make = async (who: DemoAccount): Promise<void> => {
    const [email, name, password] = demoAccounts[who]
    const role = who === 'long' ? 'editor' : who
    const args = ['accounts', 'create', '--email', email, '--name', name, '--role', role]
    const { code, output } = await service.command(args, password)
    if (code !== 0) throw new Error(output)
  }
  await Promise.all(names.map(make))
}

/** Signs in with the page's form. */
export async function signInAs(page: Page, who: DemoAccount): Promise<void> {
  const [login, , password] = demoAccounts[who]
  // A view that waits for its person may be hidden behind the form
  const form = page.locator('keyhaven-sign-in')
  await form.getByLabel('E-mail or user name').fill(login)
  await form.getByLabel('Password', { exact: true }).fill(password)
  await form.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('button', { name: 'Sign out' }).first().waitFor()
}

/** A browser of its own with the page open. */
export interface Visitor {
  readonly context: BrowserContext
  readonly page: Page
}

/** Opens a view of the page in a browser in which this account is signed in already, without the form. */
export async function visitAs(
  who: DemoAccount,
  at: { readonly app: NotesApp; readonly browser: Browser },
  view = '',
): Promise<Visitor> {
  const { app, browser } = at
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  const [login, , password] = demoAccounts[who]
  const answer = await context.request.post(`${app.page}auth/sessions`, {
    data: { login, password },
    headers: { origin: new URL(app.page).origin, 'sec-fetch-site': 'same-origin' },
  })
  if (!answer.ok()) throw new Error(await answer.text())
  const page = await context.newPage()
  await page.goto(`${app.page}#/${view}`)
  await page.getByRole('button', { name: 'Sign out' }).first().waitFor()
  return { context, page }
}
