import { readApiKey } from '@keyhaven/core'
import type { ApiKeyParts } from '@keyhaven/core'
import { KeyhavenError } from '@keyhaven/core/errors'
import type { Actor } from '../../events/happened.ts'
import { isPersons } from '../../model/access-claims.ts'
import { readRefreshToken } from '../../model/refresh-token.ts'
import { endApiKey } from '../api-keys/end.ts'
import { proveKey } from '../api-keys/prove.ts'
import type { Context } from '../context.ts'
import { findByRefreshToken } from '../refresh/find.ts'
import { ownClaims } from '../tokens/own-claims.ts'
import { revokeToken } from '../tokens/revoke.ts'

/** A credential that others may have read. */
export interface ShownCredential {
  readonly credential: string
  readonly reason: string
  /** An address limits guesses at keys. */
  readonly from: Actor['address']
}

/**
 * Ends an API key, the session of a refresh token or of a user's access token, or any other token alone.
 * @returns whether it was live; a text that is no credential of this service is none.
 */
export async function endShown(context: Context, shown: ShownCredential): Promise<boolean> {
  const { credential } = shown
  try {
    const key = readApiKey(credential)
    if (key !== undefined) await endKey(context, key, shown)
    else if (readRefreshToken(context.keys, credential) !== undefined) {
      await endSessionOf(context, credential)
    } else await endToken(context, shown)
    return true
  } catch (error) {
    if (error instanceof KeyhavenError && error.status < 500) return false
    throw error
  }
}

async function endKey(
  context: Context,
  sent: ApiKeyParts,
  { from, reason }: ShownCredential,
): Promise<void> {
  const { key, account } = await proveKey(context, sent, from)
  await endApiKey(context, { accountId: account.id, keyId: key.id, held: 'all', reason }, {})
}

async function endSessionOf(context: Context, refreshToken: string): Promise<void> {
  const { live } = await context.database.read((moment) =>
    findByRefreshToken(context, moment, refreshToken),
  )
  await endSession(context, live.session.id)
}

async function endToken(context: Context, { credential, reason }: ShownCredential): Promise<void> {
  const claims = await ownClaims(context, credential)
  if (claims === undefined) throw new KeyhavenError('token_invalid')
  const { jti, sid } = claims
  if (sid !== undefined && isPersons(claims)) return endSession(context, sid)
  await revokeToken(context, { jti, held: 'all', reason }, {})
}

async function endSession(context: Context, sessionId: string): Promise<void> {
  await context.revocations.end({ sessionId, actor: {}, proved: true })
}
