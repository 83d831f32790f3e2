import { describe, expect, it } from 'vitest'
import { explainMissingCookie } from './missing-cookie.ts'
import type { MissingCookie } from './missing-cookie.ts'

/** The hint for a page and a service at these addresses. */
function hint(page: string, service: string, facts: Partial<MissingCookie> = {}): string {
  const url = new URL(service)
  const usual = { service: url, issuer: url, takesCookies: true, seesXsrfCookie: false }
  return explainMissingCookie({ ...usual, page: new URL(page), ...facts })
}

describe('the hint about a missing cookie (P2)', () => {
  it('names both ways out of a page on another site (R80)', () => {
    const far = hint('https://partner.example/app', 'https://auth.example.com/auth')
    expect(far).toContain('SameSite=Strict cookies are not sent. Put both on one site')
    expect(far).toContain('createBearerAuth')
    expect(far).toContain('list https://partner.example in KEYHAVEN_BEARER_ORIGINS')
    const sameSite = hint('https://app.example.com/', 'https://auth.example.com/auth')
    expect(sameSite).toContain('public suffix')
    expect(sameSite).not.toContain('createBearerAuth')
  })

  it('names two names of one machine, and the one to use (P7)', () => {
    expect(hint('http://localhost:5173/', 'http://127.0.0.1:4000/auth')).toBe(
      "the page is on localhost and the service on 127.0.0.1: two names of this machine, but two sites to a browser. Use one name for both: createAuth({ url: 'http://localhost:4000/auth' }) and the same in KEYHAVEN_URL, or open the page at 127.0.0.1.",
    )
  })

  it('names a service at another port that has replaced the cookies', () => {
    const seen = { seesXsrfCookie: true }
    expect(hint('http://localhost:5173/', 'http://localhost:4000/auth', seen)).toContain(
      'another service on localhost has replaced them: cookies are the same for every port. Give one of the two its own KEYHAVEN_COOKIE_NAME',
    )
    const proxied = hint('https://app.example/', 'https://app.example/auth', seen)
    expect(proxied).toContain('A proxy in between drops the Cookie request header')
    expect(proxied).not.toContain('every port')
  })

  it('names Secure cookies on a page without https, a proxy, and a browser that blocks cookies', () => {
    const issuer = new URL('https://app.example/auth')
    expect(hint('http://localhost:5173/', 'http://localhost:5173/auth', { issuer })).toContain(
      'its cookies are Secure, but this page reaches it at http://localhost:5173. Open the page over https, or set KEYHAVEN_URL',
    )
    expect(hint('http://localhost:5173/', 'http://localhost:5173/auth')).toContain(
      'use the plugin keyhaven() of @keyhaven/client/vite',
    )
    const blocked = { takesCookies: false }
    expect(hint('http://localhost/', 'http://localhost/auth', blocked)).toBe(
      'this browser blocks all cookies. Allow them for this site.',
    )
  })
})
