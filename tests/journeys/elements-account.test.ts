import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from '@keyhaven/stage/browser/chromium'
import { lookAt } from '@keyhaven/stage/browser/look'
import { startPageSite } from '@keyhaven/stage/browser/page-site'
import type { PageSite } from '@keyhaven/stage/browser/page-site'
import { addAuthenticator } from '@keyhaven/stage/browser/virtual-authenticator'
import { codesOf } from '@keyhaven/stage/http/authenticator-app'
import { password, person } from '@keyhaven/stage/http/person'
import type { Person } from '@keyhaven/stage/http/person'
import { changeIn, databaseIn } from '@keyhaven/stage/databases/databases'
import { startMailServer } from '@keyhaven/stage/mail/mail-server'
import type { MailServer } from '@keyhaven/stage/mail/mail-server'
import { until } from '@keyhaven/stage/processes/process'
import { doses } from '../doses.ts'

let mails: MailServer
let site: PageSite
let browser: Browser

beforeAll(async () => {
  mails = await startMailServer()
  site = await startPageSite({
    script: 'elements.ts',
    environment: { KEYHAVEN_MAIL: mails.url, KEYHAVEN_MAIL_FROM: 'keyhaven@example.com' },
  })
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  await site?.close()
  await mails?.stop()
})

const name = 'Maximiliane-Alexandra von Hohenberg-Oberstdorf zu Rabenstein-Wolkenburg'
const iphone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1'

let people = 0

/** A person with a long address, who is signed in on a phone. */
function someone(): Promise<Person> {
  const email = `person-${(people += 1)}@kapitaens-muetzen-kapitaens-muetzen-fabrik.example`
  return person(site.service, { email, headers: { 'user-agent': iphone } }).signUp({ name })
}

/** Signs the person in, and opens their account. */
async function open(who: Person, search = ''): Promise<Page> {
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(`${site.origin}/?element=sign-in`)
  await page.getByLabel('E-mail or user name').fill(who.email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await press(page, 'Sign in')
  await page.getByRole('heading', { name: 'You are signed in' }).waitFor()
  await show(page, search)
  return page
}

async function show(page: Page, search = ''): Promise<void> {
  await page.goto(`${site.origin}/?element=account${search}`)
  await page.locator('.kh-sections:not([hidden])').waitFor()
}

const press = (at: Page | Locator, label: string): Promise<void> =>
  at.getByRole('button', { name: label, exact: true }).click()

/** A section of the page, by its heading. */
const section = (page: Page, title: string): Locator =>
  page.getByRole('region', { name: title, exact: true })

/** A row of a section, by the text in it. */
const row = (at: Locator, text: string): Locator =>
  at.getByRole('listitem').filter({ hasText: text })

const said = (at: Locator, words: string): Promise<void> =>
  at.getByRole('status').filter({ hasText: words }).waitFor()

const focused = (page: Page): Promise<string> =>
  page.evaluate(() => document.activeElement?.textContent ?? '')

/** Looks at a state that is made of the same parts as others, at the whole dose. */
const alsoLookAt = async (page: Page, state: string): Promise<void> => {
  if (doses.pictures > 1) await lookAt(page, state)
}

describe('the account page', () => {
  it('changes names, language, address and password, and says so', {
    timeout: 60_000,
  }, async () => {
    const who = await someone()
    await person(site.service, { email: 'taken@example.com' }).signUp({ username: 'taken' })
    const page = await open(who)
    await alsoLookAt(page, 'account')
    const titles = await page.getByRole('heading', { level: 2 }).allTextContents()
    expect(titles).toEqual([
      'Profile',
      'E-mail address',
      'Password',
      'Second factors',
      'Devices',
      'API keys',
      'Your data',
      'Erase your account',
    ])

    // The proof of identity is too old for a change of the address
    const database = await databaseIn(site.service.data)
    await changeIn(database, 'update sessions set auth_time = auth_time - 660000')

    const profile = section(page, 'Profile')
    const change = row(profile, name).getByRole('button', { name: 'Change' })
    expect(await change.getAttribute('aria-expanded')).toBe('false')
    await change.click()
    expect(await change.getAttribute('aria-expanded')).toBe('true')
    await profile.getByLabel('Name', { exact: true }).fill('Rita Reader')
    await press(profile, 'Save name')
    await said(profile, 'Name saved.')
    await row(profile, 'Rita Reader').waitFor()
    expect(await focused(page)).toBe('Change')
    await row(profile, 'User name').getByRole('button').click()
    await profile.getByLabel('User name').fill('taken')
    await press(profile, 'Save user name')
    await profile.getByText('Another account has this user name').waitFor()
    expect(await profile.getByLabel('User name').getAttribute('aria-invalid')).toBe('true')
    await press(profile, 'Cancel')
    await row(profile, 'Language of mails').getByRole('button').click()
    await profile.getByLabel('Language of mails').selectOption('de')
    await press(profile, 'Save language')
    await row(profile, 'German').waitFor()

    const address = section(page, 'E-mail address')
    await press(address, 'Change')
    await press(address, 'Send mail')
    await address.getByText('Enter your new e-mail address.').waitFor()
    const email = `new-${who.email}`
    await address.getByLabel('New e-mail').fill(email)
    await press(address, 'Send mail')
    const proof = page.getByRole('dialog', { name: 'Enter your password' })
    await press(proof, 'Cancel')
    await address.getByText('The last sign-in is too old for this.').waitFor()
    await press(address, 'Send mail')
    await alsoLookAt(page, 'account-step-up')
    await proof.getByLabel('Password', { exact: true }).fill(password)
    await press(proof, 'Go on')
    await said(address, `A mail is on its way to ${email}`)
    await proof.waitFor({ state: 'detached' })
    await row(address, 'not confirmed yet').waitFor()
    await address.getByLabel('Code').fill('0000-0000')
    await press(address, 'Confirm address')
    await address.getByText('This code is not right').waitFor()
    await alsoLookAt(page, 'account-address')
    await until('the mail has come', () => mails.mailsTo(email).length > 0)
    const [code = ''] =
      /\b[0-9A-Z]{4}-[0-9A-Z]{4}\b/.exec(mails.mailsTo(email)[0]?.text ?? '') ?? []
    await address.getByLabel('Code').fill(code)
    await press(address, 'Confirm address')
    await said(address, `Your address is now ${email}.`)
    expect(await page.locator('.kh-who').textContent()).toBe(email)

    const secret = section(page, 'Password')
    await press(secret, 'Change')
    // A password manager finds the user beside the passwords
    const known = secret.locator('[autocomplete=username]')
    expect(await known.inputValue()).toBe(email)
    await press(secret, 'Set password')
    await secret.getByText('Enter your current password.').waitFor()
    await secret.getByLabel('Current password').fill('not this one')
    await secret.getByLabel('New password').fill('another horse battery')
    await press(secret, 'Set password')
    await secret.getByText('This is not your current password.').waitFor()
    await alsoLookAt(page, 'account-password')
    await secret.getByLabel('Current password').fill(password)
    await press(secret, 'Set password')
    await said(secret, 'Password changed. Your other sessions have ended.')
    // The list of devices shows it
    await row(section(page, 'Devices'), 'Safari on iPhone').waitFor({ state: 'detached' })
    await press(secret, 'Change')
    await press(secret, 'Forgot it?')
    await press(secret, 'Send mail')
    await said(secret, `A mail is on its way to ${email}`)
    await page.context().close()
  })

  it('adds, names and removes second factors, and shows codes and keys once', {
    timeout: 60_000,
  }, async () => {
    const page = await open(await someone(), '&sections=keys factors nothing')
    await addAuthenticator(page)
    const titles = await page.getByRole('heading', { level: 2 }).allTextContents()
    expect(titles).toEqual(['API keys', 'Second factors'])
    const factors = section(page, 'Second factors')
    await press(factors, 'Add an authenticator app')
    const key = await page.locator('.kh-secret').textContent()
    const codes = codesOf((key ?? '').replaceAll(' ', ''))
    await factors.getByLabel('Code').fill('000000')
    await press(factors, 'Add app')
    await factors.getByText('This code is not right').waitFor()
    await alsoLookAt(page, 'account-app')
    await factors.getByLabel('Code').fill(codes())
    await press(factors, 'Add app')
    const saved = page.getByRole('dialog', { name: 'Save your recovery codes' })
    await saved.waitFor()
    expect(await saved.getByRole('listitem').count()).toBe(10)
    // Chromium closes a dialog at the third time
    for (const escape of ['Escape', 'Escape', 'Escape']) await page.keyboard.press(escape)
    await lookAt(page, 'account-codes')
    await press(saved, 'I have saved them')
    await said(factors, 'Authenticator app added.')

    await press(factors, 'Add a passkey')
    await factors.getByLabel('Name of the passkey').fill('My laptop')
    await press(factors, 'Create passkey')
    await said(factors, 'Passkey “My laptop” added.')
    await press(row(factors, 'My laptop'), 'Rename')
    await factors.getByLabel('Name of the passkey').fill('')
    await press(factors, 'Save name')
    await factors.getByText('Enter a name.').waitFor()
    await factors.getByLabel('Name of the passkey').fill('Old laptop')
    await press(factors, 'Save name')
    await said(factors, 'The passkey is now “Old laptop”.')
    await press(row(factors, 'Recovery codes'), 'New codes')
    await press(page.getByRole('dialog'), 'Make new codes')
    await press(saved, 'I have saved them')
    await said(factors, 'You have ten new recovery codes.')
    await press(row(factors, 'Old laptop'), 'Remove')
    const remove = page.getByRole('dialog', { name: 'Remove “Old laptop”?' })
    await alsoLookAt(page, 'account-remove')
    await press(remove, 'Remove passkey')
    await said(factors, 'Removed “Old laptop”.')
    expect(await focused(page)).toBe('New codes')

    const keys = section(page, 'API keys')
    await keys.getByText('No API keys yet.').waitFor()
    await press(keys, 'New API key')
    await press(keys, 'Make key')
    await keys.getByText('Enter a name.').waitFor()
    await keys.getByLabel('Name').fill('Backup script')
    await press(keys, 'Make key')
    await keys.getByText('Tick at least one thing').waitFor()
    await alsoLookAt(page, 'account-new-key')
    await keys.getByLabel('notes:read').check()
    await press(keys, 'Make key')
    const once = page.getByRole('dialog', { name: 'Save your API key' })
    const value = (await once.locator('code').textContent()) ?? ''
    const { headers, issuer } = { headers: { authorization: `Bearer ${value}` }, ...site.service }
    const current = await fetch(`${issuer}/user/current`, { headers })
    expect(await current.json()).toMatchObject({ scope: ['notes:read'] })
    await press(once, 'I have saved it')
    await said(keys, 'API key “Backup script” made.')
    await lookAt(page, 'account-lists')
    await press(row(keys, 'Backup script'), 'Remove')
    await press(page.getByRole('dialog'), 'Remove key')
    await said(keys, 'Removed “Backup script”.')
    expect((await fetch(`${issuer}/user/current`, { headers })).status).toBe(401)
    await page.context().close()
  })

  it('ends sessions, forgets browsers, exports and erases, in German', {
    timeout: 60_000,
  }, async () => {
    const who = await someone()
    await person(site.service, { email: who.email, headers: { 'user-agent': iphone } }).signIn()
    const page = await open(who)
    const devices = section(page, 'Devices')
    const phones = row(devices, 'Safari on iPhone')
    await phones.nth(1).waitFor()
    expect(await phones.count()).toBe(2)
    await press(phones.first(), 'End session')
    await said(devices, 'Session ended.')
    await press(devices, 'End the other session')
    await said(devices, 'The other session has ended.')
    expect(await phones.count()).toBe(2)
    await press(phones.first(), 'Forget')
    await said(devices, 'Device forgotten.')
    await phones.nth(1).waitFor({ state: 'detached' })
    expect(await phones.count()).toBe(1)

    await show(page, '&lang=de')
    await alsoLookAt(page, 'account-de')
    const data = section(page, 'Ihre Daten')
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      press(data, 'Daten herunterladen'),
    ])
    expect(file.suggestedFilename()).toBe('account.json')
    await said(data, 'Ihre Daten sind in der Datei account.json.')

    // Another tab signs out while a dialog is open: both are gone
    const other = await page.context().newPage()
    await show(other)
    await press(section(page, 'Konto löschen'), 'Konto löschen')
    const dialog = page.getByRole('dialog', { name: 'Konto löschen?' })
    await dialog.getByText('Ihre Sitzung endet sofort.').waitFor()
    await alsoLookAt(page, 'account-erase')
    await press(other, 'Sign out')
    await page.getByRole('heading', { name: 'Anmelden' }).waitFor()
    await dialog.waitFor({ state: 'detached' })

    await page.getByLabel('E-Mail oder Benutzername').fill(who.email)
    await page.getByLabel('Passwort', { exact: true }).fill(password)
    await press(page, 'Anmelden')
    await press(section(page, 'Konto löschen'), 'Konto löschen')
    await press(dialog, 'Konto löschen')
    await page.getByRole('heading', { name: 'Ihr Konto wird gelöscht' }).waitFor()
    await alsoLookAt(page, 'account-erased')
    expect(await page.locator('time').getAttribute('datetime')).toMatch(/^\d{4}-\d\d-\d\dT/)
    await page.context().close()
  })
})
