import { isUtf8 } from 'node:buffer'
import { ConfigurationError } from '../config/configuration-error.ts'

/** The length of a master key and of a pepper. */
export const KEY_BYTES = 32

/** 32 random bytes practically always have at least this many different values. */
const LEAST_DISTINCT = 16

/** The bytes of a key, and whether another person could guess them. */
export interface ParsedKey {
  readonly bytes: Buffer
  /** Why the key can be guessed, if it can. */
  readonly weakness: string | undefined
}

/**
 * Parses a master key or a pepper, with or without white space around it: 32 bytes as base64url.
 * @throws ConfigurationError.
 */
export function parseKey(written: string, source: string): ParsedKey {
  const text = written.trim()
  const bytes = Buffer.from(text, 'base64url')
  if (bytes.length !== KEY_BYTES || bytes.toString('base64url') !== text) {
    throw new ConfigurationError(
      isStandardBase64(text)
        ? `${source} is standard base64: write it as base64url, with - for +, _ for / and without = at the end.`
        : `${source} must hold 32 random bytes as base64url (43 characters): restore it from your backup, or make one with \`openssl rand 32 | basenc --base64url | tr -d =\`.`,
    )
  }
  const weakness = looksRandom(bytes) ? undefined : `${source} is not random, so it can be guessed`
  return { bytes, weakness }
}

function isStandardBase64(text: string): boolean {
  const bytes = Buffer.from(text, 'base64')
  return (
    bytes.length === KEY_BYTES &&
    bytes.toString('base64').replace('=', '') === text.replace('=', '')
  )
}

/** Rejects what no generator produces: repeated or counted bytes, and text. */
function looksRandom(bytes: Buffer): boolean {
  const steps = new Set(bytes.map((byte, at) => byte - (bytes[at - 1] ?? byte)).subarray(1))
  const half = KEY_BYTES / 2
  const isTwice = bytes.subarray(0, half).equals(bytes.subarray(half))
  return new Set(bytes).size >= LEAST_DISTINCT && steps.size > 1 && !isTwice && !isText(bytes)
}

/** Whether it is text in UTF-8; fewer than one random key in 10¹² is. */
function isText(bytes: Buffer): boolean {
  return isUtf8(bytes) && !/\p{Cc}/u.test(bytes.toString())
}
