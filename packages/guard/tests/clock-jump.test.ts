import { issueAccessToken } from '@keyhaven/core'
import { createGuard } from '@keyhaven/guard'
import type { Auth } from '@keyhaven/guard'
import { afterEach, expect, it, vi } from 'vitest'
import { startIssuer } from './test-issuer.ts'

afterEach(() => void vi.useRealTimers())

it('accepts a token with a live signal after the clock has jumped beyond its session’s end and back', async () => {
  const begun = Math.floor(Date.now() / 1000)
  vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'], now: begun * 1000 })
  const { issuer, key, close } = await startIssuer()
  const guard = createGuard({ issuer, revocations: 'off', log: () => {} })
  await guard.ready()
  const times = { iat: begun, exp: begun + 600, session_exp: begun + 3600 }
  const who = { sub: `${issuer}/accounts/a`, sid: 'ses_a', jti: 'tok_a', client_id: 'web' }
  const claims = { iss: issuer, aud: [new URL(issuer).origin], scope: '', ...who, ...times }
  const authorization = `Bearer ${issueAccessToken(claims, key)}`
  const header = (name: string) => (name === 'authorization' ? authorization : undefined)
  const authOfRequest = async (): Promise<Auth> => {
    const settled = await guard.settle({ method: 'GET', url: '/', header })
    if (!settled.ok) throw new Error(settled.refused.code)
    return settled.auth
  }
  const setClock = (seconds: number): void => {
    vi.setSystemTime(seconds * 1000)
    vi.advanceTimersByTime(1000)
  }

  const before = await authOfRequest()
  expect(before.signal.aborted).toBe(false)
  setClock(begun + 7200)
  expect(before.signal.reason).toMatchObject({ code: 'session_ended' })
  await expect(authOfRequest()).rejects.toThrow('token_expired')

  setClock(begun + 10)
  const after = await authOfRequest()
  expect(after.signal.aborted).toBe(false)
  expect(await authOfRequest()).toBe(after)
  expect(before.signal.aborted).toBe(true)
  setClock(begun + 3600)
  expect(after.signal.reason).toMatchObject({ code: 'session_ended' })
  guard.close()
  close()
})
