import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { decodeEcdsaDer, encodeEcdsaDer } from './ecdsa-encoding.ts'

describe('encodeEcdsaDer and decodeEcdsaDer', () => {
  /** The same by big integers, as X.690 defines it. */
  function der(raw: Buffer): Buffer {
    const half = raw.length / 2
    const integers = [raw.subarray(0, half), raw.subarray(half)].map((part) => {
      const hex = BigInt(`0x${part.toString('hex')}`).toString(16)
      const even = hex.length % 2 ? `0${hex}` : hex
      const digits = Buffer.from(
        Number.parseInt(even.slice(0, 2), 16) > 127 ? `00${even}` : even,
        'hex',
      )
      return Buffer.concat([Buffer.from([2, digits.length]), digits])
    })
    const body = Buffer.concat(integers)
    const length = body.length > 127 ? [0x81, body.length] : [body.length]
    return Buffer.concat([Buffer.from([0x30, ...length]), body])
  }
  it.each([64, 96, 132])('agree with a slow encoder for %i bytes, and with each other', (bytes) => {
    for (let round = 0; round < 300; round++) {
      const raw = randomBytes(bytes)
      // Leading zeros of every number, in either half
      raw.fill(0, 0, round % (bytes / 2))
      if (round % 3 === 0) raw.fill(0, bytes / 2, bytes / 2 + (round % (bytes / 2)))
      if (round % 7 === 0) raw.writeUInt8(0x80, round % 2 ? 0 : bytes / 2)
      expect(encodeEcdsaDer(raw).toString('hex')).toBe(der(raw).toString('hex'))
      expect(decodeEcdsaDer(encodeEcdsaDer(raw), bytes).toString('hex')).toBe(raw.toString('hex'))
    }
    expect(encodeEcdsaDer(Buffer.alloc(bytes)).toString('hex')).toBe('3006020100020100')
  })
})
