import { readFileSync } from 'node:fs'
import { brotliDecompressSync } from 'node:zlib'
import { packageFile } from '../../config/package-file.ts'

/** The shortest entry of the list; shorter texts are compared only as stems. */
const SHORTEST = 8

/** Two letters before digits may be a coincidence, three are a habit. */
const SHORTEST_STEM = 3

interface CommonPasswords {
  readonly entries: ReadonlySet<string>
  /** The entries without digits and signs at their end. */
  readonly stems: ReadonlySet<string>
}

/** Digits, ASCII signs and spaces, which users append to satisfy rules. */
const ADDED = String.raw`\d !-/:-@[-\x60{-~`
const ADDED_SIGN = new RegExp(`[${ADDED}]`)
const ADDED_SIGNS = new RegExp(`[${ADDED}]+$`, 'gm')

let known: CommonPasswords | undefined

/** The file of the list, which is read when the first password is checked. */
export function passwordList(): URL {
  return packageFile('data/common-passwords.txt.br')
}

/**
 * Common passwords by frequency: the first 20,000 of eight or more characters, and the first 3,000
 * of fifteen or more, the minimum of the preset `bank` (ASVS 6.2.4). The file is part of the
 * package, so the check needs no network; its licence is beside it.
 * @throws Error if the file is missing, as in a bundle.
 */
export function commonPasswords(): CommonPasswords {
  if (known !== undefined) return known
  // The whole text is folded at once, because it is ASCII
  const text = folded(
    brotliDecompressSync(readFileSync(passwordList())).toString('latin1').trimEnd(),
  )
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

/** A folded text without digits, ASCII signs and spaces at its end. */
export function stemOf(text: string): string {
  let end = text.length
  while (end > 0 && ADDED_SIGN.test(text.charAt(end - 1))) end -= 1
  return text.slice(0, end)
}

/** Whether a folded password is on the list, with or without digits and signs at its end. */
export function isCommonPassword(text: string): boolean {
  const { entries, stems } = commonPasswords()
  const stem = stemOf(text)
  if (stems.has(stem)) return true
  for (let end = text.length; end >= Math.max(stem.length, SHORTEST); end -= 1) {
    if (entries.has(text.slice(0, end))) return true
  }
  return false
}
