import type { Page } from 'playwright-core'
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
  await page.getByLabel('E-mail or user name').fill(login)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('button', { name: 'Sign out' }).first().waitFor()
}
