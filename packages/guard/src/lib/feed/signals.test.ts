import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { authObjectFrom, noAccess } from '../auth-object.ts'
import { createRevocations } from '../checks/revocations.ts'
import type { RevocationEntry } from '../checks/revocations.ts'
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

function carrier(
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

describe('auth.signal', () => {
  it.each([
    ['jti', 'j1', 'token_expired'],
    ['sid', 's1', 'session_ended'],
    ['client_id', 'web', 'account_locked'],
    ['era', 'e1', 'account_locked'],
    ['kid', 'k1', 'token_expired'],
  ] as const)('fires by %s, once, with the code as its reason', (kind, id, code) => {
    const { signals, revoke } = start()
    const signal = signals.open(carrier())
    revoke(kind, 'another', code)
    expect(signal.aborted).toBe(false)
    revoke(kind, id, code)
    expect(signal.reason).toMatchObject({ name: 'KeyhavenError', code })
    expect(signals.size).toBe(0)
    // What is dead already fires where it is first read
    expect(signals.open(carrier()).reason).toMatchObject({ code })
  })

  it('fires by any key’s withdrawal where its own key is not known', () => {
    const { signals, revoke } = start()
    const signal = signals.open({ ...carrier(), kid: undefined })
    revoke('kid', 'k9', 'token_expired')
    expect(signal.aborted).toBe(true)
  })

  it('fires at the session’s end, not at the token’s', () => {
    const { signals } = start()
    const signal = signals.open(carrier())
    const endless = signals.open(carrier({ session_exp: 1e12 }))
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

  it('is made when first read, and is the same then', () => {
    const { signals } = start()
    const auth = authObjectFrom(carrier(), noAccess, signals)
    for (let at = 0; at < 1000; at++) authObjectFrom(carrier(), noAccess, signals)
    expect(signals.size).toBe(0)
    expect(auth.signal).toBe(auth.signal)
    expect(signals.size).toBe(1)
  })

  it('is forgotten when nobody holds it, and kept by whoever holds only the signal', async () => {
    const { signals, revoke } = start()
    for (let at = 0; at < 10_000; at++) signals.open(carrier({ jti: `j-${at}` }))
    const held = signals.open(carrier({ jti: 'held' }))
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
