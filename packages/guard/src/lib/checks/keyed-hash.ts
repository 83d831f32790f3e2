/** 64 bits of a text, in two halves. The same object at every call: read it at once. */
export interface Hash64 {
  low: number
  high: number
}

const ROUNDS_AT_END = 3

/**
 * HalfSipHash-1-3 with 64 bits of output (Aumasson and Bernstein; Linux's `hsiphash` is the same
 * function) over UTF-16 units, two in a word. Equal texts with different `salt` have different hashes.
 * `isNarrow`: four units in a word, of which only the lower eight bits count, in less time.
 */
export function createKeyedHash(
  key: Uint32Array,
  isNarrow = false,
): (salt: number, text: string) => Hash64 {
  const [k0 = 0, k1 = 0] = key
  const out: Hash64 = { low: 0, high: 0 }
  const shift = isNarrow ? 2 : 1
  const wordOf = isNarrow ? narrowWord : wideWord
  const lastOf = isNarrow ? narrowLast : wideLast
  return (salt, text) => {
    const { length } = text
    const words = (length >> shift) + 1
    let v0 = k0
    let v1 = k1 ^ 0xee
    let v2 = 0x6c796765 ^ k0
    let v3 = 0x74656462 ^ k1
    // One loop, so that the round is written once: the words, then twice the rounds of the end
    for (let at = 0; at < words + 2 * ROUNDS_AT_END; at++) {
      let word = 0
      if (at < words - 1) word = wordOf(text, at)
      else if (at === words - 1) word = (salt << 28) ^ lastOf(text)
      else if (at === words) v2 ^= 0xee
      else if (at === words + ROUNDS_AT_END) {
        out.low = (v1 ^ v3) >>> 0
        v1 ^= 0xdd
      }
      v3 ^= word
      v0 = (v0 + v1) | 0
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0
      v0 = (v0 << 16) | (v0 >>> 16)
      v2 = (v2 + v3) | 0
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2
      v0 = (v0 + v3) | 0
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0
      v2 = (v2 + v1) | 0
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2
      v2 = (v2 << 16) | (v2 >>> 16)
      v0 ^= word
    }
    out.high = (v1 ^ v3) >>> 0
    return out
  }
}

function wideWord(text: string, at: number): number {
  return text.charCodeAt(2 * at) | (text.charCodeAt(2 * at + 1) << 16)
}

function wideLast(text: string): number {
  const { length } = text
  return (length << 16) ^ (length & 1 ? text.charCodeAt(length - 1) : 0)
}

function narrowWord(text: string, at: number): number {
  const from = 4 * at
  return (
    (text.charCodeAt(from) & 255) |
    ((text.charCodeAt(from + 1) & 255) << 8) |
    ((text.charCodeAt(from + 2) & 255) << 16) |
    (text.charCodeAt(from + 3) << 24)
  )
}

function narrowLast(text: string): number {
  const { length } = text
  let last = length << 24
  for (let at = length & ~3; at < length; at++)
    last ^= (text.charCodeAt(at) & 255) << (8 * (at & 3))
  return last
}

/** Creates a function that computes 53 bits of such a hash under a key of its own: the texts are not kept. */
export function createMark(): (text: string) => number {
  const hash = createKeyedHash(crypto.getRandomValues(new Uint32Array(2)))
  return (text) => {
    const { low, high } = hash(0, text)
    return high * 2 ** 21 + (low >>> 11)
  }
}
