/** A value that CBOR can carry (RFC 8949), as far as WebAuthn needs it. */
export type CborValue = number | string | Uint8Array | ReadonlyMap<number | string, CborValue>

/** Encodes a value; the order of a map's members stays. */
export function cbor(value: CborValue): Buffer {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value)
  if (typeof value === 'string')
    return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)])
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value])
  const members = [...value].flatMap(([name, member]) => [cbor(name), cbor(member)])
  return Buffer.concat([head(5, value.size), ...members])
}

/** The type and the length, or the number. */
function head(type: number, of: number): Buffer {
  const first = type << 5
  if (of < 24) return Buffer.from([first | of])
  if (of < 256) return Buffer.from([first | 24, of])
  return Buffer.from([first | 25, of >> 8, of & 255])
}
