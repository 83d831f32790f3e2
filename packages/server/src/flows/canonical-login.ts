import { domainToASCII } from 'node:url'

const LOCAL_PART = /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}$/
const HOST = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/
const USERNAME = /^[a-z0-9][a-z0-9._-]{1,63}$/

/**
 * The one form of an e-mail address by which accounts are told apart: lower case, the domain in
 * ASCII (RFC 5890). `undefined` where it is no address. The local part is ASCII, so that no two
 * addresses look alike.
 */
export function emailKey(email: string): string | undefined {
  const at = email.lastIndexOf('@')
  const local = email.slice(0, at)
  if (at < 1 || email.length > 254 || !LOCAL_PART.test(local) || local.includes('..'))
    return undefined
  if (local.startsWith('.') || local.endsWith('.')) return undefined
  const domain = domainToASCII(email.slice(at + 1))
  return HOST.test(domain) ? `${local.toLowerCase()}@${domain}` : undefined
}

/** The one form of a user name: ASCII letters, digits, `.`, `_`, `-`, lower case. */
export function usernameKey(username: string): string | undefined {
  const key = username.toLowerCase()
  return USERNAME.test(key) && username.length === key.length ? key : undefined
}

/** The key that a login (address or user name) stands for. */
export function loginKey(login: string): string | undefined {
  return login.includes('@') ? emailKey(login) : usernameKey(login)
}
