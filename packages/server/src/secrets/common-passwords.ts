import { readFileSync } from 'node:fs'

/**
 * The 3,000 most common passwords of eight and more characters, from zxcvbn (MIT, see the licence
 * beside them). They lie in the package, so the check needs no network (ASVS 6.2.4).
 */
let known: ReadonlySet<string> | undefined

/** Whether a password is on the list, in whatever case. */
export function isCommonPassword(password: string): boolean {
  known ??= new Set(
    readFileSync(new URL('../../data/common-passwords.txt', import.meta.url), 'utf8').split('\n'),
  )
  return known.has(password.toLowerCase())
}
