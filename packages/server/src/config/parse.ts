import { isIPv6 } from 'node:net'
import { duration } from '@keyhaven/core/errors'
import { XSRF_COOKIE } from '@keyhaven/core/wire'
import { isLoopback, parseNetwork } from '@keyhaven/guard/kit'
import { refuseBlockedPort } from './blocked-ports.ts'

/** Parses one setting. @throws Error whose message completes "NAME …". */
export interface Parse<T> {
  (text: string): T
  /** The only texts that it accepts; `undefined` if they can't be listed. */
  readonly words?: readonly string[]
}

/** Keeps `sub`, the issuer with `/accounts/{id}` appended, below 255 characters. */
const LONGEST_ISSUER = 200

/**
 * Seconds between the interval of heartbeats and one hour, so that a guard always receives one in
 * time.
 */
export function staleness(text: string): number {
  const seconds = duration(text)
  if (seconds < 3 || seconds > 3600) throw new Error('must be from 3s to 1h')
  return seconds
}

/** Seconds for which an idle connection stays open. */
export function keepAlive(text: string): number {
  const seconds = duration(text)
  if (seconds > 3600) throw new Error('must be from 1s to 1h')
  return seconds
}

/** Seconds, which may be none. */
export function graceTime(text: string): number {
  return text === '0s' ? 0 : duration(text)
}

/** Seconds, or `undefined` for `none`. */
export function durationOrNone(text: string): number | undefined {
  return text === 'none' ? undefined : duration(text)
}

/** A parser that accepts only these texts. */
export function oneOf<const T extends string>(...choices: readonly T[]): Parse<T> {
  const parse = (text: string): T => {
    const found = choices.find((choice) => choice === text)
    if (found === undefined) throw new Error(`must be one of ${choices.join(', ')}`)
    return found
  }
  return Object.assign(parse, { words: choices })
}

/** A parser of decimal whole numbers from `least` to `most`. */
export function wholeNumber(least: number, most: number): Parse<number> {
  return (text) => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new Error(`must be a whole number from ${least} to ${most}`)
    }
    return value
  }
}

/** A port that browsers allow; 0 lets the system choose one. */
export function port(text: string): number {
  const value = wholeNumber(0, 65_535)(text)
  if (value !== 0) refuseBlockedPort(value)
  return value
}

/** A name or address to listen on; brackets around an IPv6 address are removed. */
export function host(text: string): string {
  const plain = /^\[(.*)\]$/.exec(text)?.[1] ?? text
  if (plain !== text && !isIPv6(plain)) throw new Error('must have an IPv6 address in its brackets')
  return nonEmpty(plain)
}

/** Any text but an empty or blank one. */
export function nonEmpty(text: string): string {
  if (text.trim() === '') throw new Error('must not be empty')
  return text
}

/** The issuer URL without a slash at its end: https, or plain http on this machine only. */
export function issuerUrl(text: string): string {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new Error('must be a URL such as https://app.example/auth')
  }
  // An empty query or fragment shows only in `href`
  if (/[?#]/.test(url.href) || url.username || url.password) {
    throw new Error('must have no user, password, query or fragment')
  }
  if (/\/\/|%2f|%5c/i.test(url.pathname)) {
    throw new Error('must have a plain path, without double or encoded slashes')
  }
  if (url.href.length > LONGEST_ISSUER) {
    throw new Error(`must be at most ${LONGEST_ISSUER} characters long`)
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new Error('must begin with https: plain http is for this machine only')
  }
  if (url.port !== '') refuseBlockedPort(Number(url.port))
  return url.href.replace(/\/$/, '')
}

/** Exact origins, separated by commas. */
export function origins(text: string): readonly string[] {
  return list(text).map((one) => {
    if (one === '*' || one === 'null' || one.includes('*')) {
      throw new Error(`must list exact origins: '${one}' would allow other sites`)
    }
    const url = URL.parse(one)
    if (url === null || url.origin !== one) {
      throw new Error(`must list origins such as https://app.example; '${one}' is not one`)
    }
    if (url.protocol !== 'https:' && !isLoopback(url.hostname)) {
      throw new Error(`must list https origins; '${one}' is not`)
    }
    if (url.port !== '') refuseBlockedPort(Number(url.port))
    return one
  })
}

/** Texts separated by commas; empty ones are dropped. */
export function list(text: string): readonly string[] {
  return text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
}

/** Addresses and networks of proxies in CIDR form, separated by commas. */
export function networks(text: string): readonly string[] {
  return list(text).map((one) => {
    if (parseNetwork(one) === undefined) {
      throw new Error(`must list addresses or networks such as 10.0.0.0/8; '${one}' is not one`)
    }
    return one
  })
}

/** A cookie name without a prefix. */
export function cookieName(text: string): string {
  if (!/^[A-Za-z][\w-]{0,40}$/.test(text)) {
    throw new Error('must be a short name of letters, digits, hyphens and underscores')
  }
  // On this machine the access cookie has no prefix that would distinguish the two
  if (text === XSRF_COOKIE) throw new Error('is the name of another cookie: choose another name')
  return text
}

/** A domain of two labels or more, in lower case, without a leading dot. */
export function domain(text: string): string {
  const plain = text.toLowerCase()
  if (!/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(plain))
    throw new Error('must be a domain such as app.example')
  return plain
}

/**
 * The text that a variable would have. Files and code may give ready values: a number, a list of
 * texts, or `true` and `false` for on and off.
 */
export function textOf(value: unknown): string {
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value.join(',')
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  if (typeof value === 'number') return String(value)
  throw new Error('must be text, a number or a list of texts')
}
