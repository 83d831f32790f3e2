import { domainToASCII } from 'node:url'

const LOCAL_PART = /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}$/
const HOST = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/
const USERNAME = /^[A-Za-z0-9][A-Za-z0-9._-]{1,63}$/

/**
 * White space, control characters and invisible ones: zero widths, direction marks, soft hyphens.
 */
const INVISIBLE = String.raw`[\p{White_Space}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]+`
const ENDS = new RegExp(`^${INVISIBLE}|${INVISIBLE}$`, 'gu')

/**
 * Removes invisible characters from both ends of a login. Keyboards of phones add a space after an
 * address that they complete, and pasted text contains others; no address or user name begins or
 * ends with one. Passwords are never trimmed.
 */
export function trimmedLogin(login: string): string {
  return login.replace(ENDS, '')
}

/**
 * The canonical form of an e-mail address, by which accounts are distinguished: trimmed, the local
 * part in lower case, the domain as lower-case A-labels (RFC 5890). `undefined` if it is not an
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

/**
 * The address for a mail server: the domain as in the canonical form, since few servers accept
 * another one; the local part as it is on record, since only its own server knows whether case
 * matters (RFC 5321 §2.4).
 */
export function deliverable(email: string): string {
  const trimmed = trimmedLogin(email)
  const at = trimmed.lastIndexOf('@')
  return `${trimmed.slice(0, at)}@${domainToASCII(trimmed.slice(at + 1))}`
}

/**
 * The canonical form of a user name: trimmed, only ASCII letters, digits, `.`, `_`, `-`, in lower
 * case. `undefined` if it is not one.
 */
export function usernameKey(text: string): string | undefined {
  const username = trimmedLogin(text)
  return USERNAME.test(username) ? username.toLowerCase() : undefined
}

/** The key of a login (address or user name); `undefined` if no account can have it. */
export function canonicalLoginKey(login: string): string | undefined {
  return login.includes('@') ? emailKey(login) : usernameKey(login)
}
