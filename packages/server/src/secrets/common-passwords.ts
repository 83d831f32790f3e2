import { readFileSync } from 'node:fs'
import { brotliDecompressSync } from 'node:zlib'

/**
 * Common passwords in order of frequency: the first 20,000 of eight and more characters, and the first
 * 3,000 of fifteen and more, which is the least length of the preset `bank` (ASVS 6.2.4). The licence is
 * beside the file. The file is part of the package, so the check needs no network.
 */
const file = new URL('../../data/common-passwords.txt.br', import.meta.url)

/** The least length of an entry; shorter texts are only compared as stems. */
const SHORTEST = 8

/** Two characters before digits are a coincidence, three are a habit. */
const SHORTEST_STEM = 3

interface CommonPasswords {
  readonly entries: ReadonlySet<string>
  /** The entries without the digits and `!` at their end. */
  readonly stems: ReadonlySet<string>
}

let known: CommonPasswords | undefined

/** Reads the list once. Throws if the file is missing. */
export function commonPasswords(): CommonPasswords {
  if (known !== undefined) return known
  const lines = brotliDecompressSync(readFileSync(file)).toString('utf8').trim().split('\n')
  const entries = new Set(lines.map(folded))
  const stems = new Set([...entries].map(stemOf).filter(({ length }) => length >= SHORTEST_STEM))
  known = { entries, stems }
  return known
}

/** The form in which passwords are compared with lists and names. It is never hashed. */
export function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase()
}

/** What is left of a folded text when the digits and `!` at its end are dropped. */
export function stemOf(text: string): string {
  let end = text.length
  while (end > 0 && /[\d!]/.test(text.charAt(end - 1))) end -= 1
  return text.slice(0, end)
}

/** Whether a folded password is on the list, also if any of the digits and `!` at its end are dropped. */
export function isCommonPassword(text: string): boolean {
  const { entries, stems } = commonPasswords()
  const stem = stemOf(text)
  if (stems.has(stem)) return true
  for (let end = text.length; end >= Math.max(stem.length, SHORTEST); end -= 1) {
    if (entries.has(text.slice(0, end))) return true
  }
  return false
}
