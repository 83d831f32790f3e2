/**
 * Encodes an ECDSA signature for OpenSSL: JOSE writes it as r||s (RFC 7518 §3.4), OpenSSL as a DER sequence
 * of two integers. Node's own conversion (`dsaEncoding`) takes a third of the time of a P-256 check; this
 * takes less than a microsecond.
 */
export function encodeEcdsaDer(raw: Uint8Array): Buffer {
  const half = raw.length >> 1
  const [r, s] = [firstOf(raw, 0, half), firstOf(raw, half, raw.length)]
  const rSize = sizeOf(raw, r, half)
  const sSize = sizeOf(raw, s, raw.length)
  const body = rSize + sSize + 4
  const long = body > 127 ? 1 : 0
  const der = Buffer.alloc(body + 2 + long)
  der[0] = 0x30
  if (long) der[1] = 0x81
  der[1 + long] = body
  const at = writeInteger(der, 2 + long, { raw, from: r, to: half, size: rSize })
  writeInteger(der, at, { raw, from: s, to: raw.length, size: sSize })
  return der
}

/** Decodes an ECDSA signature that OpenSSL has just made into r||s, which has the length `bytes`. */
export function decodeEcdsaDer(der: Uint8Array, bytes: number): Buffer {
  const half = bytes >> 1
  const raw = Buffer.alloc(bytes)
  // A sequence of over 127 bytes has one more byte of length
  let at = der[1] === 0x81 ? 3 : 2
  for (const end of [half, bytes]) {
    const size = der[at + 1] ?? 0
    const value = der.subarray(at + 2, at + 2 + size)
    const digits = value.length > half ? value.subarray(value.length - half) : value
    raw.set(digits, end - digits.length)
    at += 2 + size
  }
  return raw
}

/** The first byte that is not zero, but at least the last one. */
function firstOf(raw: Uint8Array, from: number, to: number): number {
  let at = from
  while (at < to - 1 && raw[at] === 0) at++
  return at
}

/** DER integers are signed: one whose first bit is set needs a zero byte before it. */
function sizeOf(raw: Uint8Array, from: number, to: number): number {
  return to - from + ((raw[from] ?? 0) > 127 ? 1 : 0)
}

interface Digits {
  readonly raw: Uint8Array
  readonly from: number
  readonly to: number
  readonly size: number
}

function writeInteger(der: Buffer, at: number, { raw, from, to, size }: Digits): number {
  der[at] = 0x02
  der[at + 1] = size
  const end = at + 2 + size
  der.set(raw.subarray(from, to), end - (to - from))
  return end
}
