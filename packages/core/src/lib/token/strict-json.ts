const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Levels of nesting that a header or a claims set may have. */
const MAX_DEPTH = 8

/** A JSON object with no repeated names, or the reason why it is none. */
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
export function parseStrictObject(bytes: Uint8Array): StrictJson {
  let text: string
  try {
    text = utf8.decode(bytes)
  } catch {
    return notUtf8
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return notJson
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return notAnObject
  if (!namesAreUnique(text)) return repeated
  return { ok: true, value: value as Record<string, unknown> }
}

/** One pass over text that JSON.parse has already judged: depth, and names of each open object. */
function namesAreUnique(text: string): boolean {
  const seen: (Set<string> | undefined)[] = []
  let depth = 0
  let expectName = false
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x7b: // {
        if (++depth > MAX_DEPTH) return false
        seen[depth] = new Set()
        expectName = true
        break
      case 0x5b: // [
        if (++depth > MAX_DEPTH) return false
        seen[depth] = undefined
        expectName = false
        break
      case 0x7d: // }
      case 0x5d: // ]
        depth--
        expectName = false
        break
      case 0x2c: // ,
        expectName = seen[depth] !== undefined
        break
      case 0x22: {
        // "
        const end = endOfString(text, at)
        if (expectName) {
          const name = JSON.parse(text.slice(at, end + 1)) as string
          const names = seen[depth]
          if (names?.has(name)) return false
          names?.add(name)
          expectName = false
        }
        at = end
        break
      }
    }
  }
  return true
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; ; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x5c) at++
    else if (code === 0x22) return at
  }
}
