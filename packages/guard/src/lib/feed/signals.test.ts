import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createRevocations } from '@keyhaven/guard/kit'
import type { RevocationEntry } from '@keyhaven/core/wire'
import { createSignals } from './signals.ts'
import type { TokenInUse } from './signals.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

let time = 1000
function start() {
  const revocations = createRevocations()
  const signals = createSignals(revocations, () => time)
  const revoke = (kind: RevocationEntry['kind'], id: string, code: RevocationEntry['code']): void =>
    void revocations.add({ seq: 1, kind, id, code, until: 9e12 })
  return { signals, revoke }
}

function tokenInUse(
  change: Partial<TokenInUse['claims']> = {},
  kid: string | undefined = 'k1',
): TokenInUse {
  const claims = {
    iss: 'i',
    sub: 'i/accounts/a',
    aud: ['i'],
    exp: 2000,
    iat: 1000,
    jti: 'j1',
    sid: 's1',
    era: 'e1',
    client_id: 'web',
    scope: '',
    session_exp: 5000,
    ...change,
  }
  return { claims, kid }
}

describe('createSignals', () => {
  it.each([
    ['jti', 'j1', 'token_expired'],
    ['sid', 's1', 'session_ended'],
    ['client_id', 'web', 'account_locked'],
    ['era', 'e1', 'account_locked'],
    ['kid', 'k1', 'token_expired'],
  ] as const)('fires by %s, once, with the code as its reason', (kind, id, code) => {
    const { signals, revoke } = start()
    const signal = signals.open(tokenInUse())
    revoke(kind, 'another', code)
    expect(signal.aborted).toBe(false)
    revoke(kind, id, code)
    expect(signal.reason).toMatchObject({ name: 'KeyhavenError', code })
    expect(signals.size).toBe(0)
    // A signal of a revoked token has fired when it is made
    expect(signals.open(tokenInUse()).reason).toMatchObject({ code })
  })

  it('fires by any key’s withdrawal if its own key is not known', () => {
    const { signals, revoke } = start()
    const signal = signals.open({ ...tokenInUse(), kid: undefined })
    revoke('kid', 'k9', 'token_expired')
    expect(signal.aborted).toBe(true)
  })

  it('fires at the session’s end, not at the token’s', () => {
    const { signals } = start()
    const signal = signals.open(tokenInUse())
    const endless = signals.open(tokenInUse({ session_exp: 1e12 }))
    time = 4999
    signals.sweep()
    expect(signal.aborted).toBe(false)
    time = 5000
    signals.sweep()
    expect(signal.reason).toMatchObject({ code: 'session_ended' })
    expect(endless.aborted).toBe(false)
    // After a snapshot the token’s end counts, its leeway included (10a)
    time = 2004
    signals.endTokens()
    expect(endless.aborted).toBe(false)
    time = 2005
    signals.endTokens()
    expect(endless.reason).toMatchObject({ code: 'token_expired' })
    time = 1000
  })

  it('is dropped without a reference to it, and kept by a reference to the signal only', async () => {
    const { signals, revoke } = start()
    for (let at = 0; at < 10_000; at++) signals.open(tokenInUse({ jti: `j-${at}` }))
    const held = signals.open(tokenInUse({ jti: 'held' }))
    expect(signals.size).toBe(10_001)
    for (let turn = 0; turn < 20 && signals.size > 1; turn++) {
      await nextTurn()
      collect()
      signals.sweep()
    }
    expect(signals.size).toBe(1)
    revoke('jti', 'held', 'token_expired')
    expect(held.aborted).toBe(true)
  })
})
