import { KeyhavenError } from '@keyhaven/core/errors'
import type { AccessTokenClaims } from '@keyhaven/core/wire'
import type { Credential } from '@keyhaven/guard/kit'
import { isWithin, parseAddress, parseNetwork } from '@keyhaven/guard/kit'
import type { ApiKey } from '../../stores/credentials/api-keys.ts'
import { requireLiveKey } from '../../flows/api-keys/find-live.ts'
import { scopesOfKey } from '../../flows/api-keys/issue.ts'
import { noteKeyUse } from '../../flows/api-keys/note-use.ts'
import { proveKey, refusedKey } from '../../flows/api-keys/prove.ts'
import type { ProvedKey } from '../../flows/api-keys/prove.ts'
import type { Context } from '../../flows/context.ts'
import { scopesStillHeld } from '../../model/token-basis.ts'

/** A caller by an API key or by the token of one: no person, and so refused by most calls. */
export interface KeyCaller extends ProvedKey {
  readonly by: 'api-key'
  /** The scopes of the key, or of its token, that its owner still has. */
  readonly scope: readonly string[]
  /** Of the token of a key. */
  readonly claims: AccessTokenClaims | undefined
}

/** The client's address, and the URL of the service. */
interface At {
  readonly address: string | undefined
  readonly issuer: string
}

/**
 * The caller of a request with an API key.
 * @throws KeyhavenError with the code of its end if the key is not live; `token_invalid` for a mistyped one;
 * `credential_not_allowed` at another address, and for a key of other audiences (H30).
 */
export async function callerByKey(
  context: Context,
  { key: sent }: Extract<Credential, { by: 'api-key' }>,
  { address, issuer }: At,
): Promise<KeyCaller> {
  if (sent === undefined) {
    throw refusedKey('token_invalid', 'the checksum of the API key')
  }
  const proved = await proveKey(context, sent, address)
  requireAddress(proved.key, address)
  requireAudience(proved.key, issuer)
  await noteKeyUse(context, proved)
  const scope = scopesStillHeld(context, proved.roles, scopesOfKey(proved.key))
  return { ...proved, by: 'api-key', scope, claims: undefined }
}

/** The same with a token that was issued to a key itself. */
export function callerByKeyToken(
  context: Context,
  claims: AccessTokenClaims,
  address: string | undefined,
): Promise<KeyCaller> {
  const { client_id: id, scope = '' } = claims
  return context.database.read(async (moment) => {
    const live = await requireLiveKey(moment, { id })
    requireAddress(live.key, address)
    return {
      ...live,
      by: 'api-key',
      scope: scopesStillHeld(context, live.roles, scope.split(' ')),
      claims,
      readAt: moment.now,
    }
  })
}

/** Refuses a key that was made for other APIs only: one of them could use it here. */
function requireAudience({ audiences }: Pick<ApiKey, 'audiences'>, issuer: string): void {
  if (audiences === null || (JSON.parse(audiences) as string[]).includes(issuer)) return
  throw new KeyhavenError('credential_not_allowed', {
    detail: 'This key does not work at the service itself: its owner listed other audiences.',
  })
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
