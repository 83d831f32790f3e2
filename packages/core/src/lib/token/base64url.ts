const ALPHABET = /^[A-Za-z0-9_-]+$/

/** Bits of the last character that no byte uses, by length modulo 4 (RFC 4648 §3.5). */
const unusedBits = [0, -1, 0x0f, 0x03] as const

/** Whether the text is the canonical encoding of its bytes: no padding, no blanks, no stray bits (RFC 8725 §3.14). */
export function isCanonicalBase64url(text: string): boolean {
  const rest = text.length & 3
  if (rest === 1) return false
  if (rest !== 0) {
    const unused = rest === 2 ? unusedBits[2] : unusedBits[3]
    if ((sextet(text.charCodeAt(text.length - 1)) & unused) !== 0) return false
  }
  return ALPHABET.test(text)
}

function sextet(code: number): number {
  if (code >= 97) return code - 71
  if (code >= 65 && code <= 90) return code - 65
  if (code === 45) return 62
  if (code === 95) return 63
  return code + 4
}

/** Bytes of a canonical text. */
export function bytesOf(text: string): Buffer {
  return Buffer.from(text, 'base64url')
}
