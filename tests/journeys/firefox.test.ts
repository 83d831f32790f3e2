import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchFirefox } from '@keyhaven/stage/browser/firefox'
import type { Firefox } from '@keyhaven/stage/browser/firefox'
import { databaseIn } from '@keyhaven/stage/databases/databases'
import { addApp } from '@keyhaven/stage/http/authenticator-app'
import { person } from '@keyhaven/stage/http/person'
import { demoAccounts, makeAccounts } from '@keyhaven/stage/processes/demo-accounts'
import { startNotesApp } from '@keyhaven/stage/processes/notes-app'
import type { NotesApp } from '@keyhaven/stage/processes/notes-app'

let app: NotesApp
let firefox: Firefox

beforeAll(async () => {
  app = await startNotesApp()
  firefox = await launchFirefox()
  await makeAccounts(app, ['editor'])
})
afterAll(async () => {
  await firefox?.close()
  await app?.close()
})

describe('Firefox', () => {
  it('signs in with an authenticator app, and keeps each tab signed in and out with the others (V6)', async () => {
    const [email, name, password] = demoAccounts.editor
    const owner = await person(app.service, { email, password }).signIn()
    const phone = await addApp(owner, await databaseIn(app.service.data))
    const page = await firefox.browser.newPage()
    await page.goto(app.page)
    await page.locator('[name=login]').fill(email)
    await page.locator('[name=password]').fill(password)
    await page.locator('form button:not([type=button])').click()
    await page.locator('::-p-text(Enter your code)').wait()
    await page.locator('[name=code]').fill('000000')
    await page.locator('form button').click()
    await page.locator('::-p-text(This code is not right)').wait()
    await page.locator('[name=code]').fill(await phone.next())
    await page.locator('form button').click()
    await page.locator(`::-p-text(Hello, ${name.split(' ')[0]})`).wait()
    const readable = await page.evaluate(() => document.cookie)
    expect(readable).toMatch(/^XSRF-TOKEN=[^;]+$/)

    const second = await firefox.browser.newPage()
    await second.goto(app.page)
    await second.locator('::-p-text(Sign out)').click()
    await page.locator('::-p-text(Sign in to Notes)').wait()
  })
})
