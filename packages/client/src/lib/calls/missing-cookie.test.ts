import { describe, expect, it } from 'vitest'
import { explainMissingCookie } from './missing-cookie.ts'

describe('the hint about a missing cookie', () => {
  it('names both ways out of a page on another site (R80)', () => {
    const service = new URL('https://auth.example.com/auth')
    const facts = { service, issuer: service, takesCookies: true, seesXsrfCookie: false }
    const hint = explainMissingCookie({ ...facts, page: new URL('https://partner.example/app') })
    expect(hint).toContain('Put both on one site')
    expect(hint).toContain('createBearerAuth')
    expect(hint).toContain('list https://partner.example in KEYHAVEN_BEARER_ORIGINS')
    const sameSite = explainMissingCookie({ ...facts, page: new URL('https://app.example.com/') })
    expect(sameSite).not.toContain('createBearerAuth')
  })
})
