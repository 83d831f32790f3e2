import { rmSync } from 'node:fs'
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newPerson, password } from '@keyhaven/stage/http/person'
import { freePort, until } from '@keyhaven/stage/processes/process'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Service } from '@keyhaven/stage/processes/served'

const data = newFolder()
const lines: string[] = []
let service: Service
let host: string

beforeAll(async () => {
  host = `localhost:${await freePort()}`
  service = await serve(data, {
    url: `http://${host}/auth`,
    announce: (line) => lines.push(line),
    operator: 'tester',
  })
})
afterAll(async () => {
  await service.close()
  rmSync(data, { recursive: true })
})

interface Answer {
  readonly status: number | undefined
  readonly policy: string
  readonly text: string
}

/** Asks with exactly these headers; `fetch` would set the host itself. */
function get(
  path: string,
  headers: Readonly<Record<string, string>> = {},
  at: Service = service,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const to = new URL(`${at.address}${path}`)
    request(to, { headers: { host, ...headers } }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      const policy = String(answer.headers['content-security-policy'])
      answer.on('end', () => resolve({ status: answer.statusCode, policy, text }))
    })
      .on('error', reject)
      .end()
  })
}

describe('the mailbox of development', () => {
  it('shows a mail with its links, and prints a line for it', async () => {
    expect((await get('/dev/mailbox')).text).toContain('No mail yet')
    const ada = await newPerson(service)
    await ada.ask(`PUT /accounts/${ada.id}/password`, { current: password, password })
    await until(
      'it is there',
      async () => (await get('/dev/mailbox/newest')).text === '{"newest":1}',
    )
    const link = `http://${host}/auth/pages/reset`
    const page = await get('/dev/mailbox')
    expect(page.status).toBe(200)
    expect(page.text).toContain('<h2>Your password for localhost was changed</h2>')
    expect(page.text).toContain(`<a href="${link}" target="_blank" rel="noopener">${link}</a>`)
    expect(page.text).toContain('src="/auth/dev/mailbox/1/html"')
    expect((await get('/dev/mailbox/1')).text).toContain(ada.email)
    expect(lines).toEqual([
      ...lines.filter((line) => !line.startsWith('mail to')),
      `mail to ${ada.email}: Your password for localhost was changed ${link}`,
    ])
    expect(lines.join('\n')).toContain(`mails are shown at http://${host}/auth/dev/mailbox`)
  })
  it('runs nothing of a mail, and loads nothing from elsewhere', async () => {
    const page = await get('/dev/mailbox')
    expect(page.policy).toMatch(
      /^default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'/,
    )
    expect(page.policy).not.toMatch(/unsafe|\*/)
    const html = await get('/dev/mailbox/1/html')
    expect(html.text).toMatch(/^<base target="_blank"><!doctype html>/)
    expect(html.policy).toMatch(
      /^sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'/,
    )
    expect(html.policy).not.toContain('script-src')
  })
  it.each([
    ['another host', { host: 'evil.example' }],
    ['another port', { host: 'localhost:1' }],
    ['a forwarded request', { forwarded: 'for=192.0.2.1' }],
    ['a request of a proxy', { 'x-forwarded-for': '192.0.2.1' }],
    ['a host of a proxy', { 'X-Forwarded-Host': 'localhost' }],
    ['any other header of a proxy', { 'x-forwarded-made-up': '1' }],
    ['a page of another site', { 'sec-fetch-site': 'cross-site' }],
    ['a page of a sibling', { 'sec-fetch-site': 'same-site' }],
  ])('is not there for %s (H24)', async (_, headers) => {
    for (const path of [
      '/dev/mailbox',
      '/dev/mailbox/1',
      '/dev/mailbox/1/html',
      '/dev/mailbox/newest',
      '/dev/mailbox/all',
    ]) {
      const { status, text } = await get(path, headers)
      expect([status, text.includes('password')]).toEqual([404, false])
    }
  })
  it.each(['none', 'same-origin'])('is there for visits from here: %s (H24)', async (site) => {
    expect((await get('/dev/mailbox', { 'sec-fetch-site': site })).status).toBe(200)
  })
  it.each([
    '/dev/mailbox/',
    '/dev/mailbox/2',
    '/dev/mailbox/1/text',
    '/dev/mailbox/x',
    '/dev/mailboxes',
  ])('has no page %s', async (path) => {
    expect((await get(path)).status).toBe(404)
  })
  it.each([
    ['127.0.0.1', 200],
    ['::1', 200],
    ['192.0.2.9', 404],
    ['fd00::9', 404],
  ])('answers the machine %s with %i, whatever Host it sends (H24)', async (address, status) => {
    const visit = new Request(`http://${host}/auth/dev/mailbox`, { headers: { host } })
    expect((await service.keyhaven.handler(visit, { address })).status).toBe(status)
  })

  it('keeps the newest hundred mails', async () => {
    const { id } = await newPerson(service)
    for (let at = 0; at < 101; at += 1) {
      await service.keyhaven.accounts.resetPassword(id)
    }
    await until(
      'they are there',
      async () => (await get('/dev/mailbox/newest')).text === '{"newest":102}',
    )
    expect((await get('/dev/mailbox/2')).status).toBe(404)
    expect((await get('/dev/mailbox/3')).status).toBe(200)
    expect((await get('/dev/mailbox')).text).toContain('<h2>100 mails</h2>')
  })
})

describe('a service without the mailbox', () => {
  it.each([
    ['none', 409, { mail: 'none' }],
    ['a function of the app', 202, { sendMail: async () => {} }],
  ])(
    'has no such page, in development neither: %s; support’s reset by mail is %i',
    async (_, reset, options) => {
      const folder = newFolder()
      const one = await serve(folder, options)
      const { status } = await get('/dev/mailbox', { host: new URL(one.issuer).host }, one)
      expect(status).toBe(404)
      const [admin, user] = [await newPerson(one, 'admin'), await newPerson(one)]
      const answer = await admin.ask(`POST /accounts/${user.id}/password-reset`, { reason: 'x' })
      expect(answer.status).toBe(reset)
      // A refused one has ended nothing
      expect((await user.ask('GET /user/current')).status).toBe(reset === 409 ? 200 : 401)
      await one.close()
      rmSync(folder, { recursive: true })
    },
  )
})
