import { createPublicKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { algorithmNamed, signatureCheck } from './algorithms.ts'
import type { SignatureAlgorithm } from './algorithms.ts'

interface Group {
  readonly publicKeyDer: string
  readonly tests: readonly {
    readonly tcId: number
    readonly comment: string
    readonly msg: string
    readonly sig: string
    readonly result: 'valid' | 'invalid' | 'acceptable'
  }[]
}

const files: readonly (readonly [string, SignatureAlgorithm])[] = [
  ['ecdsa_p256_sha256_p1363.json', 'ES256'],
  ['ecdsa_p384_sha384_p1363.json', 'ES384'],
  ['ed25519.json', 'Ed25519'],
  ['rsa_pss_2048_sha256.json', 'PS256'],
]

/** Wycheproof's cases for bare signatures: zero, out of range, wrong length, DER (JOSE-13, J40). */
describe.each(files)('signatureCheck, Wycheproof %s', (file, alg) => {
  const path = new URL(`../../../../../tests/vectors/wycheproof/${file}`, import.meta.url)
  const { testGroups } = JSON.parse(readFileSync(path, 'utf8')) as { testGroups: Group[] }
  const cases = testGroups.flatMap((group) => group.tests.map((test) => ({ group, test })))
  process.stdout.write(`vectors: ${file}: ${cases.length} cases\n`)

  it.each(cases.map((one) => [one.test.tcId, one.test.comment, one.test.result, one] as const))(
    '%i %s is %s',
    (_id, _comment, result, { group, test }) => {
      const der = Buffer.from(group.publicKeyDer, 'hex')
      const check = signatureCheck(alg, createPublicKey({ key: der, format: 'der', type: 'spki' }))
      const good = check(Buffer.from(test.msg, 'hex'), Buffer.from(test.sig, 'hex'))
      expect(good).toBe(result === 'valid')
    },
  )
})

describe('algorithmNamed', () => {
  it('finds an algorithm by text only', () => {
    expect(algorithmNamed('EdDSA')).toBe('Ed25519')
    expect(algorithmNamed(['ES256'])).toBeUndefined()
  })
})
