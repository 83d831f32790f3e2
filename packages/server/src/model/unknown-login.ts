import { hmac } from '../secrets/hashes/hash.ts'
import type { Keys } from './keys.ts'

/**
 * The keyed hash that the audit log stores for a login without an account. An operator who has the
 * login can find its failed sign-ins. The log reveals no login, because users may type their
 * password as one.
 */
export function unknownLogin(
  { keys }: { readonly keys: Keys },
  key: string,
): { readonly login: string } {
  return { login: hmac(keys.xsrf, `login ${key}`) }
}
