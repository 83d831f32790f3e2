import { createKeySet } from '@keyhaven/core'
import type { Jwk } from '@keyhaven/core'
import { describe, expect, it } from 'vitest'
import { outcomeOf, report, vectorJson } from './vectors.ts'

interface Case {
  readonly tcId: number
  readonly comment: string
  readonly result: 'valid' | 'invalid' | 'acceptable'
  readonly flags: readonly string[]
  readonly jws?: unknown
  readonly jwe?: unknown
}
interface Group<K> {
  readonly comment: string
  readonly private?: K
  readonly public?: K
  readonly tests: readonly Case[]
}

describe('Wycheproof json_web_signature', () => {
  const { testGroups } = vectorJson<{ testGroups: readonly Group<Jwk>[] }>(
    'wycheproof/json_web_signature.json',
  )
  const cases = testGroups.flatMap((group) => group.tests.map((test) => ({ group, test })))
  report('json_web_signature.json', cases.length)

  it.each(cases.map((one) => [one.test.tcId, one.test.comment, one.test.result, one] as const))(
    '%i %s is %s',
    (_id, _comment, result, { group, test }) => {
      const key = group.public ?? group.private ?? {}
      const outcome = outcomeOf(test.jws, key, key.alg ?? algorithmOf(test.jws))
      expect(outcome.accepted, JSON.stringify(outcome)).toBe(result === 'valid')
    },
  )
})

describe('Wycheproof json_web_key', () => {
  const { testGroups } = vectorJson<{ testGroups: readonly Group<{ keys: readonly Jwk[] }>[] }>(
    'wycheproof/json_web_key.json',
  )
  report('json_web_key.json', testGroups.flatMap(({ tests }) => tests).length)

  it.each(
    testGroups.flatMap((group) =>
      group.tests.map(
        (test) =>
          [test.tcId, `${group.comment} ${test.comment}`, test.result, group, test] as const,
      ),
    ),
  )('%i %s is %s', (_id, _comment, result, group, test) => {
    const keys = (group.public ?? group.private)?.keys ?? []
    expect(acceptedBySet(test.jws, keys)).toBe(result === 'valid')
  })

  /**
   * A set mixes no secrets with public keys: ours leaves every secret out, so a token that names
   * one finds no key. A set of secrets alone is no published set: its keys go to the lowest door.
   */
  function acceptedBySet(jws: unknown, keys: readonly Jwk[]): boolean {
    const kid = headerOf(jws)['kid']
    const secret = keys.every((key) => key.kty === 'oct')
    if (!secret) {
      const publicKeys = keys.map(
        ({ d: _d, p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, ...key }) => key,
      )
      if (!createKeySet({ keys: publicKeys }).kids.includes(String(kid))) return false
    }
    const named = keys.filter((key) => key.kid === kid)
    const [key] = named
    if (key === undefined || named.length !== 1) return false
    return outcomeOf(jws, key, key.alg ?? '').accepted
  }
})

describe('Wycheproof json_web_crypto', () => {
  const { testGroups } = vectorJson<{ testGroups: readonly Group<Jwk>[] }>(
    'wycheproof/json_web_crypto.json',
  )
  const tests = testGroups.flatMap((group) => group.tests.map((test) => ({ group, test })))
  report('json_web_crypto.json', tests.length)

  it.each(tests.map((one) => [one.test.tcId, one.test.comment, one] as const))(
    '%i %s is refused: a serialisation in JSON is no token (JOSE-3)',
    (_id, _comment, { group, test }) => {
      const key = group.private ?? {}
      for (const form of [test.jws ?? test.jwe, JSON.stringify(test.jws ?? test.jwe)]) {
        expect(outcomeOf(form, key, 'HS256').accepted).toBe(false)
      }
    },
  )
})

function headerOf(jws: unknown): Record<string, unknown> {
  const [header = ''] = String(jws).split('.')
  try {
    return JSON.parse(Buffer.from(header, 'base64url').toString()) as Record<string, unknown>
  } catch {
    return {}
  }
}

/** Groups whose key names no algorithm go by the one that its kind has. */
function algorithmOf(jws: unknown): string {
  return String(headerOf(jws)['alg'])
}
