import { KeyhavenError } from '@keyhaven/core/errors'
import type { AccessTokenClaims } from '@keyhaven/core/wire'
import type { Credential } from '@keyhaven/guard/kit'
import { isWithin, parseAddress, parseNetwork } from '../../config/address.ts'
import type { ApiKey } from '../../stores/credentials/api-keys.ts'
import { requireLiveKey } from '../../flows/api-keys/find-live.ts'
import type { LiveKey } from '../../flows/api-keys/find-live.ts'
import type { Context } from '../../flows/context.ts'
import { scopesStillHeld } from '../../model/token-basis.ts'

/** A caller by an API key or by the token of one: no person, and so refused by most calls. */
export interface KeyCaller extends LiveKey {
  readonly by: 'api-key'
  /** The scopes of the key, or of its token, that its owner still has. */
  readonly scope: readonly string[]
  /** When the key was read, in milliseconds since 1970. */
  readonly readAt: number
}

/**
 * The caller of a request with an API key.
 * @throws KeyhavenError with the code of its end if the key is not live; `token_invalid` for a mistyped one.
 */
export function callerByKey(
  context: Context,
  { key }: Extract<Credential, { by: 'api-key' }>,
  address: string | undefined,
): Promise<KeyCaller> {
  if (key === undefined) {
    throw new KeyhavenError('token_invalid', { reason: 'the checksum of the API key' })
  }
  return context.database.read(async (moment) => {
    const live = await requireLiveKey(moment, key)
    requireAddress(live.key, address)
    const scope = scopesStillHeld(context, live.roles, scopeOf(live.key))
    return { ...live, by: 'api-key', scope, readAt: moment.now }
  })
}

/** The same with a token that was issued to a key itself. */
export function callerByKeyToken(
  context: Context,
  { client_id: id, scope = '' }: AccessTokenClaims,
  address: string | undefined,
): Promise<KeyCaller> {
  return context.database.read(async (moment) => {
    const live = await requireLiveKey(moment, { id })
    requireAddress(live.key, address)
    return {
      ...live,
      by: 'api-key',
      scope: scopesStillHeld(context, live.roles, scope.split(' ')),
      readAt: moment.now,
    }
  })
}

/** The scopes that a key was given; null for all of its owner. */
function scopeOf({ scope }: Pick<ApiKey, 'scope'>): readonly string[] | null {
  return scope === null ? null : (JSON.parse(scope) as string[])
}

/**
 * Refuses a credential at an address that is not among those it was made for.
 * @throws KeyhavenError `credential_not_allowed`.
 */
export function requireAddress(
  { addresses }: { readonly addresses: string | null },
  address: string | undefined,
): void {
  if (addresses === null) return
  const from = parseAddress(address ?? '')
  const networks = (JSON.parse(addresses) as string[]).map(parseNetwork)
  const isListed =
    from !== undefined && networks.some((one) => one !== undefined && isWithin(from, one))
  if (isListed) return
  throw new KeyhavenError('credential_not_allowed', {
    detail: 'This key does not work from this address: its owner listed others.',
  })
}
