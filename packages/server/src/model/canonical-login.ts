import { domainToASCII } from 'node:url'

const LOCAL_PART = /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}$/
const HOST = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/
const USERNAME = /^[A-Za-z0-9][A-Za-z0-9._-]{1,63}$/

/** White space, control characters and what is never drawn: zero widths, marks of direction, soft hyphens. */
const INVISIBLE = String.raw`[\p{White_Space}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]+`
const ENDS = new RegExp(`^${INVISIBLE}|${INVISIBLE}$`, 'gu')

/**
 * A login without invisible characters on both ends. Keyboards of phones add a blank behind an address
 * that they complete, and pasted text brings others; no address or user name begins or ends with one.
 * Passwords are never trimmed.
 */
export function trimmedLogin(login: string): string {
  return login.replace(ENDS, '')
}

/**
 * The one form of an e-mail address by which accounts are distinguished: trimmed, the local part with its
 * ASCII letters in lower case, the domain as lower-case A-labels (RFC 5890). `undefined` if it is no
 * address. The local part must be ASCII, so that no two addresses look alike.
 */
export function emailKey(text: string): string | undefined {
  const email = trimmedLogin(text)
  const at = email.lastIndexOf('@')
  const local = email.slice(0, at)
  if (at < 1 || email.length > 254 || !LOCAL_PART.test(local) || local.includes('..'))
    return undefined
  if (local.startsWith('.') || local.endsWith('.')) return undefined
  const domain = domainToASCII(email.slice(at + 1))
  return HOST.test(domain) ? `${local.toLowerCase()}@${domain}` : undefined
}

/** The one form of a user name: trimmed, only ASCII letters, digits, `.`, `_`, `-`, in lower case. */
export function usernameKey(text: string): string | undefined {
  const username = trimmedLogin(text)
  return USERNAME.test(username) ? username.toLowerCase() : undefined
}

/** The key that a login (address or user name) stands for; `undefined` if no account can have it. */
export function canonicalLoginKey(login: string): string | undefined {
  return login.includes('@') ? emailKey(login) : usernameKey(login)
}
