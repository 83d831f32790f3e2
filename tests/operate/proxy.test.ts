import type { SessionView } from '@keyhaven/core/wire'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '@keyhaven/stage/processes/process'
import { startService } from '@keyhaven/stage/processes/running-service'
import type { RunningService } from '@keyhaven/stage/processes/running-service'

const issuer = 'https://app.example/auth'
const production = { KEYHAVEN_EMAIL_VERIFICATION: 'off', NODE_ENV: 'production' }
const password = 'correct horse battery'

function signUp(service: RunningService, email: string, headers: object = {}): Promise<Response> {
  return fetch(`${service.address}/accounts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: 'https://app.example', ...headers },
    body: JSON.stringify({ email, password }),
  })
}

function cookiesOf(response: Response): string {
  return response.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
}

async function codeOf(response: Response): Promise<string> {
  return `${response.status} ${((await response.json()) as { code: string }).code}`
}

describe('behind a proxy on the same machine', () => {
  let service: RunningService
  beforeAll(async () => {
    service = await startService({ url: issuer, environment: production })
  })
  afterAll(() => service.close())

  it('sets Secure cookies by the one public URL, whatever headers say (P12, H03, AS-15, HTTP-2)', async () => {
    const headers = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' }
    const response = await signUp(service, 'a@example.com', headers)
    expect(response.status).toBe(201)
    const [access = '', session = ''] = response.headers.getSetCookie()
    expect(access).toMatch(/^__Host-Http-keyhaven=.*; Secure; HttpOnly/)
    expect(session).toMatch(/^__Host-Http-keyhaven-session=.*; Secure; HttpOnly/)
    const { account } = (await response.json()) as SessionView
    expect(account.href).toMatch(/^https:\/\/app\.example\/auth\/accounts\//)
    // Not for the sub-domains: the service owns a path of this host (operator 9)
    expect(response.headers.get('strict-transport-security')).toBe('max-age=31536000')
  })
  it('refuses a credential that came over http, and it is dead everywhere (R37, attack H17, SES-9, HTTP-5)', async () => {
    const response = await signUp(service, 'b@example.com')
    const cookie = cookiesOf(response)
    const current = (more: object = {}): Promise<Response> =>
      fetch(`${service.address}/user/current`, { headers: { cookie, ...more } })
    expect((await current()).status).toBe(200)
    expect(await codeOf(await current({ 'x-forwarded-proto': 'http' }))).toBe(
      '403 insecure_transport',
    )
    expect(await codeOf(await current({ 'x-forwarded-proto': 'https' }))).toBe('401 session_ended')
    const plain = await signUp(service, 'c@example.com', { 'x-forwarded-proto': 'http' })
    expect(await codeOf(plain)).toBe('403 insecure_transport')
  })
  it('answers health and keys over http all the same', async () => {
    const headers = { 'x-forwarded-proto': 'http' }
    for (const path of ['health/ready', '.well-known/jwks.json']) {
      expect((await fetch(`${service.address}/${path}`, { headers })).status).toBe(200)
    }
  })
  it('records the client’s address, the right-most that no proxy vouches for (HTTP-3)', async () => {
    const headers = { 'x-forwarded-for': '6.6.6.6, 203.0.113.9, 127.0.0.1' }
    expect((await signUp(service, 'd@example.com', headers)).status).toBe(201)
    await service.command(
      ['accounts', 'create', '--email', 'root@example.com', '--role', 'admin'],
      password,
    )
    const admin = await fetch(`${service.address}/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: 'https://app.example' },
      body: JSON.stringify({ login: 'root@example.com', password }),
    })
    const audit = await fetch(`${service.address}/audit`, { headers: { cookie: cookiesOf(admin) } })
    const { items } = (await audit.json()) as { items: { action: string; address: string }[] }
    expect(items.map(({ address }) => address)).toContain('203.0.113.9')
    expect(items.map(({ address }) => address)).not.toContain('6.6.6.6')
  })
})

describe('where no proxy is trusted', () => {
  it('refuses credentials of peers that speak plain http, whatever they claim', async () => {
    const own = { KEYHAVEN_TRUST_PROXY: '192.0.2.0/24', KEYHAVEN_HSTS: 'off' }
    const service = await startService({ url: issuer, environment: { ...production, ...own } })
    const response = await signUp(service, 'a@example.com', { 'x-forwarded-proto': 'https' })
    expect(await codeOf(response)).toBe('403 insecure_transport')
    // KEYHAVEN_HSTS=off leaves the header to the proxy
    expect(response.headers.has('strict-transport-security')).toBe(false)
    const reason =
      'X-Forwarded-Proto: https came from 127.0.0.1, which KEYHAVEN_TRUST_PROXY does not'
    await until('the log names the peer (operator 14)', () =>
      service.process.output().includes(reason),
    )
    await service.close()
  })
})
