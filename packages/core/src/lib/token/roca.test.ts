import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { hasRocaFingerprint } from './roca.ts'

describe('hasRocaFingerprint', () => {
  it('knows powers of 65537 modulo the primes, and no ordinary modulus', () => {
    // Every residue is 65537^k: such a number has the fingerprint whatever its size
    expect(hasRocaFingerprint(65537n ** 3n)).toBe(true)
    expect(hasRocaFingerprint(1n)).toBe(true)
    for (let round = 0; round < 3; round++) {
      const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
      const n = BigInt(
        `0x${Buffer.from(publicKey.export({ format: 'jwk' }).n ?? '', 'base64url').toString('hex')}`,
      )
      expect(hasRocaFingerprint(n)).toBe(false)
    }
  })
})
