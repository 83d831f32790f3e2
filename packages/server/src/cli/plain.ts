import { printable } from '@keyhaven/guard/kit'

/** Untrusted text on one line of a terminal, without control characters (JOSE-24, A18). */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\uFFFD')
}

/** A value as JSON on one line; control characters that JSON allows are escaped too. */
export function jsonLine(value: unknown): string {
  return printable(JSON.stringify(value))
}
