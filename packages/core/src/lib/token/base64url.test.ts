import { describe, expect, it } from 'vitest'
import { isCanonicalBase64url } from './base64url.ts'

describe('isCanonicalBase64url', () => {
  it('accepts exactly the texts that re-encode to themselves', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    for (const a of alphabet) {
      for (const b of alphabet) {
        for (const text of [a + b, `AA${a}${b}`, `A${a}${b}`]) {
          const again = Buffer.from(text, 'base64url').toString('base64url')
          expect(isCanonicalBase64url(text), text).toBe(again === text)
        }
      }
    }
  })
  it.each(['', 'A', 'AAAAA', 'AA=', '!AAA', 'AAA!', 'AA\nAA', 'AA+A', 'AA/A', 'ÀAAA', 'AAA\u0141'])(
    'refuses %j',
    (text) => {
      expect(isCanonicalBase64url(text)).toBe(false)
    },
  )
})
