import type { SessionView } from '@keyhaven/core/wire'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '@keyhaven/stage/processes/process'
import { startService } from '@keyhaven/stage/processes/running-service'
import type { RunningService } from '@keyhaven/stage/processes/running-service'
import { codeOf, password, send, signIn } from '@keyhaven/stage/http/person'
import type { Call } from '@keyhaven/stage/http/person'
import { cookieAfter, setCookies } from '@keyhaven/stage/http/set-cookies'

const issuer = 'https://app.example/auth'
const production = { KEYHAVEN_EMAIL_VERIFICATION: 'off', NODE_ENV: 'production' }
function enrol(
  service: RunningService,
  email: string,
  headers: Call['headers'] = {},
): Promise<Response> {
  return send(service, 'POST /accounts', { body: { email, password }, headers })
}

describe('behind a proxy on the same machine', () => {
  let service: RunningService
  beforeAll(async () => {
    service = await startService({ url: issuer, environment: production })
  })
  afterAll(() => service.close())

  it('sets Secure cookies by the one public URL, whatever headers say (P12, H03, AS-15, HTTP-2)', async () => {
    const headers = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' }
    const response = await enrol(service, 'a@example.com', headers)
    expect(response.status).toBe(201)
    const [access = '', session = ''] = setCookies(response).map(({ line }) => line)
    expect(access).toMatch(/^__Host-Http-keyhaven=.*; Secure; HttpOnly/)
    expect(session).toMatch(/^__Host-Http-keyhaven-session=.*; Secure; HttpOnly/)
    const { account } = (await response.json()) as SessionView
    expect(account.href).toMatch(/^https:\/\/app\.example\/auth\/accounts\//)
    // Not for the sub-domains: the service owns a path of this host (operator 9)
    expect(response.headers.get('strict-transport-security')).toBe('max-age=31536000')
  })
  it('refuses a credential that came over http, and it is dead everywhere (R37, attack H17, SES-9, HTTP-5)', async () => {
    const response = await enrol(service, 'b@example.com')
    const cookie = cookieAfter(response)
    const current = (more: Call['headers'] = {}): Promise<Response> =>
      send(service, 'GET /user/current', { headers: { cookie, ...more } })
    expect((await current()).status).toBe(200)
    expect(await codeOf(await current({ 'x-forwarded-proto': 'http' }))).toBe(
      '403 insecure_transport',
    )
    expect(await codeOf(await current({ 'x-forwarded-proto': 'https' }))).toBe('401 session_ended')
    const plain = await enrol(service, 'c@example.com', { 'x-forwarded-proto': 'http' })
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
    expect((await enrol(service, 'd@example.com', headers)).status).toBe(201)
    await service.command(
      ['accounts', 'create', '--email', 'root@example.com', '--role', 'admin'],
      password,
    )
    const admin = await signIn(service, 'root@example.com')
    const audit = await admin.ask('GET /audit')
    const { items } = (await audit.json()) as { items: { action: string; address: string }[] }
    expect(items.map(({ address }) => address)).toContain('203.0.113.9')
    expect(items.map(({ address }) => address)).not.toContain('6.6.6.6')
  })
})

describe('a service that trusts no proxy', () => {
  it('refuses credentials of peers that speak plain http, whatever they claim', async () => {
    const own = { KEYHAVEN_TRUST_PROXY: '192.0.2.0/24', KEYHAVEN_HSTS: 'off' }
    const service = await startService({ url: issuer, environment: { ...production, ...own } })
    const response = await enrol(service, 'a@example.com', { 'x-forwarded-proto': 'https' })
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
