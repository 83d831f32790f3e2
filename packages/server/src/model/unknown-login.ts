import { hmac } from '../secrets/hashes/hash.ts'
import type { Keys } from './keys.ts'

/**
 * What the audit log keeps of a login that belongs to no account: a keyed hash. An operator who has the login finds its
 * failed sign-ins; the log reveals none, and people do type their password as a login.
 */
export function unknownLogin(
  { keys }: { readonly keys: Keys },
  key: string,
): { readonly login: string } {
  return { login: hmac(keys.xsrf, `login ${key}`) }
}
