import { createHash } from 'node:crypto'
import { createKeySet, generateSigningKey, issueAccessToken, publicJwks } from '@keyhaven/core'
import type { AccessTokenClaims } from '@keyhaven/core/wire'
import { afterEach, describe, expect, it } from 'vitest'
import type { Guard } from '@keyhaven/guard'
import { createRevocations, guardOver } from '@keyhaven/guard/kit'
import type { SettledSession } from '@keyhaven/guard/kit'
import { defineAccess } from '@keyhaven/core/access'

const issuer = 'https://app.example/auth'
const origin = 'https://app.example'
const key = generateSigningKey('ES256')
const keys = createKeySet(publicJwks([key]))
const guards: Guard[] = []
afterEach(() => {
  for (const guard of guards.splice(0)) guard.close()
})

function claimsOf(sid: string): AccessTokenClaims {
  const now = Math.floor(Date.now() / 1000)
  const xsrf = createHash('sha256').update(`xsrf of ${sid}`).digest('base64url')
  const sub = `${issuer}/accounts/${sid}`
  const times = { iat: now, exp: now + 600 }
  return {
    iss: issuer,
    sub,
    aud: [issuer, origin],
    ...times,
    jti: sid,
    sid,
    client_id: 'web',
    xsrf,
  }
}

/** A guard in the service's process, whose sessions answer what a test says. */
function ownGuard(answer: () => SettledSession, isDue = false) {
  const asked: boolean[] = []
  const guard = guardOver(
    {
      issuer,
      audience: [origin],
      access: defineAccess({ scopes: [], roles: {} }),
      known: () => ({
        cookies: { access: 'keyhaven', session: 'keyhaven-session' },
        origins: { own: [origin], bearer: [], development: false },
        keys,
      }),
      mayRefetch: () => false,
      revocations: createRevocations(),
      sessions: {
        isDue: () => isDue,
        settle: async (_request, mayRenew) => {
          asked.push(mayRenew)
          return answer()
        },
      },
      now: () => Math.floor(Date.now() / 1000),
      development: false,
    },
    () => {},
  )
  guards.push(guard)
  const token = issueAccessToken(claimsOf('ses_a'), key)
  const ask = async (session: string, xsrf?: string): Promise<string> => {
    const headers: Record<string, string> = {
      cookie: `keyhaven=${token}; keyhaven-session=${session}`,
      ...(xsrf !== undefined && { origin, 'x-xsrf-token': xsrf }),
    }
    const method = xsrf === undefined ? 'GET' : 'POST'
    const settled = await guard.settle({ method, url: '/', header: (name) => headers[name] })
    return settled.ok ? settled.auth.account.id : settled.refused.code
  }
  return { ask, asked }
}

describe('a guard in the service’s process, with both cookies', () => {
  it('checks the session once for a pair of cookies of one session, and each time for another pair (attacks 8)', async () => {
    let sid = 'ses_a'
    const { ask, asked } = ownGuard(() => ({ ok: true, claims: claimsOf(sid), cookies: [] }))
    for (let at = 0; at < 3; at++) expect(await ask('cookie of a')).toBe('ses_a')
    expect(asked).toHaveLength(1)
    expect(await ask('cookie of a', 'xsrf of ses_b')).toBe('csrf_failed')
    sid = 'ses_b'
    for (let at = 0; at < 2; at++) expect(await ask('cookie of b')).toBe('ses_b')
    expect(asked).toHaveLength(3)
  })

  it.each([false, true])(
    'lets a live token go on while the sessions can’t be read, forgery aside; renewal due: %s',
    async (isDue) => {
      const { ask } = ownGuard(() => ({ ok: false, code: 'unavailable', details: {} }), isDue)
      expect(await ask('cookie of a')).toBe('ses_a')
      expect(await ask('cookie of a', 'xsrf of ses_a')).toBe('ses_a')
      expect(await ask('cookie of a', 'xsrf of ses_b')).toBe('csrf_failed')
    },
  )

  it('refuses what the session refuses, whatever the token says', async () => {
    const { ask } = ownGuard(() => ({ ok: false, code: 'session_ended', details: {} }))
    expect(await ask('cookie of a')).toBe('session_ended')
  })
})
