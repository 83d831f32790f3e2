import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createBrowser } from './tabbed-browser.ts'
import type { Browser, Tab } from './tabbed-browser.ts'
import { createTestService, gone, guarded, ok, refuse } from './test-service.ts'

const service = createTestService()
const { answers, calls } = service
const key = {
  id: 'kh_0123456789abcdef',
  name: 'ci',
  prefix: 'kh_0123',
  scope: ['notes:read'],
  audience: null,
  addresses: null,
  createdAt: '',
  lastUsedAt: null,
  expiresAt: '',
}
let browser: Browser
let page: Tab

beforeEach(async () => {
  await service.start()
  browser = createBrowser(() => `${service.origin()}/auth`)
  page = browser.open()
  page.auth.subscribe(() => {})
  await browser.pass(6000)
  calls.length = 0
})
afterEach(() => service.stop())

describe('auth.apiKeys', () => {
  it('lists, makes and ends keys, with the XSRF token (R25)', async () => {
    answers.set('GET /auth/api-keys', ok(200, { items: [key], next: 'more' }))
    answers.set('GET /auth/api-keys?cursor=more', ok(200, { items: [], next: null }))
    const made = { ...key, secret: 's', key: `${key.id}_s` }
    answers.set('POST /auth/api-keys', guarded(ok(201, made)))
    answers.set(`DELETE /auth/api-keys/${key.id}`, guarded(gone))
    const { apiKeys } = page.auth
    expect(await apiKeys.list()).toEqual({ ok: true, items: [key], next: 'more' })
    expect(await apiKeys.list('more')).toEqual({ ok: true, items: [], next: null })
    const wanted = { name: 'ci', scope: ['notes:read'], expiresIn: 3600 }
    expect(await apiKeys.create(wanted)).toEqual({ ok: true, apiKey: made })
    const { body = '' } = calls.find(({ line }) => line === 'POST /auth/api-keys') ?? {}
    expect(JSON.parse(body)).toEqual(wanted)
    expect(await apiKeys.remove(key)).toEqual({ ok: true })
    answers.set(`DELETE /auth/api-keys/${key.id}`, guarded(refuse('not_found')))
    expect(await apiKeys.remove(key)).toMatchObject({ ok: false, error: { code: 'not_found' } })
  })
  it('makes a key after a step-up, if the page asks for one (SES-6)', async () => {
    let isFresh = false
    answers.set('POST /auth/api-keys', (request, response) => {
      const answer = isFresh ? ok(201, key) : refuse('step_up_required')
      answer(request, response)
    })
    answers.set('POST /auth/sessions/current/step-up', (request, response) => {
      isFresh = true
      const answer = ok(200, {})
      answer(request, response)
    })
    const refused = await page.auth.apiKeys.create({ name: 'ci' })
    expect(refused).toMatchObject({ ok: false, error: { code: 'step_up_required' } })
    page.auth.on('step-up', ({ waiting }) => {
      if (waiting) void page.auth.stepUp({ password: 'right' })
    })
    expect(await page.auth.apiKeys.create({ name: 'ci' })).toMatchObject({ ok: true })
  })
})

describe('auth.ticketUrl', () => {
  it('returns the address with a ticket, which is made for its absolute form (P21)', async () => {
    answers.set(
      'POST /auth/tickets',
      guarded((request, response) => {
        const { body = '' } = calls.findLast(({ line }) => line.includes('tickets')) ?? {}
        const { url } = JSON.parse(body) as { url: string }
        const answer = ok(201, { ticket: 't', url: `${url}?ticket=t`, expiresIn: 60 })
        answer(request, response)
      }),
    )
    expect(await page.auth.ticketUrl('/api/photo.jpg#top')).toEqual({
      ok: true,
      url: `${service.origin()}/api/photo.jpg?ticket=t`,
    })
    answers.set('POST /auth/tickets', guarded(refuse('invalid_request')))
    expect(await page.auth.ticketUrl(new URL('https://other.example/'))).toMatchObject({
      ok: false,
      error: { code: 'invalid_request' },
    })
  })
})
