import { isAscii, isUtf8 } from 'node:buffer'

/** Levels of nesting that a header or a claims set may have. */
const MAX_DEPTH = 8

/** A count of members that no value has. */
const TOO_DEEP = -1

/** A JSON object without repeated names, or the reason why the text is not one. */
export type StrictJson =
  | { readonly ok: true; readonly value: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly reason: string }

const refuse = (reason: string): StrictJson => ({ ok: false, reason })
const notUtf8 = refuse('not UTF-8')
const notJson = refuse('not JSON')
const notAnObject = refuse('not a JSON object')
const repeated = refuse('a member name is repeated, or nesting is deeper than 8')

/**
 * Parses a JOSE header or claims set: fatal UTF-8, no byte order mark, an object,
 * every member name once at every level (RFC 7515 §4, RFC 7519 §4), at most 8 levels.
 */
export function parseStrictObject(bytes: Buffer | Uint8Array): StrictJson {
  // Nearly every token is ASCII, and then its bytes need no decoding
  const ascii = isAscii(bytes)
  if (!ascii && !isUtf8(bytes)) return notUtf8
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes)
  const text = ascii ? buffer.toString('latin1') : buffer.toString()
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return notJson
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return notAnObject
  // A repeated name is two members in the text, but one in the parsed value
  if (membersWritten(text) !== membersIn(value)) return repeated
  return { ok: true, value: value as Record<string, unknown> }
}

/** Members at all levels of text that JSON.parse has accepted: each has one colon outside strings. */
function membersWritten(text: string): number {
  let members = 0
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22: // "
        at = endOfString(text, at)
        break
      case 0x3a: // :
        members++
        break
      case 0x7b: // {
      case 0x5b: // [
        if (++depth > MAX_DEPTH) return TOO_DEEP
        break
      case 0x7d: // }
      case 0x5d: // ]
        depth--
        break
    }
  }
  return members
}

function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    let before = end - 1
    while (text.charCodeAt(before) === 0x5c) before--
    // An even number of backslashes escapes nothing but themselves
    if ((end - before) % 2 === 1) return end
  }
}

/** Members at all levels of a parsed value, counted down to the greatest depth that the text may have. */
function membersIn(value: object, depth = 1): number {
  if (depth > MAX_DEPTH) return 0
  const inner: unknown[] = Array.isArray(value) ? value : Object.values(value)
  let members = Array.isArray(value) ? 0 : inner.length
  for (const one of inner) {
    if (typeof one === 'object' && one !== null) members += membersIn(one, depth + 1)
  }
  return members
}
