import { readFileSync } from 'node:fs'
import { brotliDecompressSync } from 'node:zlib'
import { packageFile } from '../../config/package-file.ts'

/** The least length of an entry; shorter texts are only compared as stems. */
const SHORTEST = 8

/** Two characters before digits are a coincidence, three are a habit. */
const SHORTEST_STEM = 3

interface CommonPasswords {
  readonly entries: ReadonlySet<string>
  /** The entries without the digits and signs at their end. */
  readonly stems: ReadonlySet<string>
}

/** Digits, ASCII signs and blanks: what people add at the end to satisfy rules. */
const ADDED = String.raw`\d !-/:-@[-\x60{-~`
const ADDED_SIGN = new RegExp(`[${ADDED}]`)
const ADDED_SIGNS = new RegExp(`[${ADDED}]+$`, 'gm')

let known: CommonPasswords | undefined

/**
 * Common passwords in order of frequency: the first 20,000 of eight and more characters, and the first
 * 3,000 of fifteen and more, which is the least length of the preset `bank` (ASVS 6.2.4). The file is part
 * of the package, so the check needs no network; the licence is beside it.
 * @throws Error if the file is missing, as it is beside a bundle.
 */
export function commonPasswords(): CommonPasswords {
  if (known !== undefined) return known
  const file = packageFile('data/common-passwords.txt.br')
  // Folded in one piece: it is ASCII
  const text = folded(brotliDecompressSync(readFileSync(file)).toString('latin1').trimEnd())
  const entries = new Set(text.split('\n'))
  const stems = new Set(text.replaceAll(ADDED_SIGNS, '').split('\n'))
  for (const stem of stems) if (stem.length < SHORTEST_STEM) stems.delete(stem)
  known = { entries, stems }
  return known
}

/** The form in which passwords are compared with lists and names. It is never hashed. */
export function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase()
}

/** What is left of a folded text when the digits, ASCII signs and blanks at its end are dropped. */
export function stemOf(text: string): string {
  let end = text.length
  while (end > 0 && ADDED_SIGN.test(text.charAt(end - 1))) end -= 1
  return text.slice(0, end)
}

/** Whether a folded password is on the list, also if any of the digits and signs at its end are dropped. */
export function isCommonPassword(text: string): boolean {
  const { entries, stems } = commonPasswords()
  const stem = stemOf(text)
  if (stems.has(stem)) return true
  for (let end = text.length; end >= Math.max(stem.length, SHORTEST); end -= 1) {
    if (entries.has(text.slice(0, end))) return true
  }
  return false
}
