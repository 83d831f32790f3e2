import { readApiKey } from '@keyhaven/core'
import { KeyhavenError } from '@keyhaven/core/errors'
import { API_KEY_PREFIX } from '@keyhaven/core/wire'
import type { AccessTokenClaims } from '@keyhaven/core/wire'
import type { Actor } from '../../events/happened.ts'
import { OAuthRefusal } from '../../model/oauth-refusal.ts'
import { readRefreshToken } from '../../model/refresh-token.ts'
import { findEndable } from '../../stores/credentials/credentials.ts'
import { findToken } from '../../stores/tokens.ts'
import { proveKey } from '../api-keys/prove.ts'
import type { Context } from '../context.ts'
import { findByRefreshToken } from '../refresh/find.ts'
import { revoking } from '../revocation/revoking.ts'
import type { RevokingMoment } from '../revocation/revoking.ts'
import { writeSessionEnd } from '../sessions/write-ends.ts'
import { ownClaims } from '../tokens/own-claims.ts'
import { writeTokenRevoked } from '../tokens/revoke.ts'

/** A token that its own client revokes. */
export interface ClientRevoking {
  readonly token: string
  /** The client; an address limits guesses at keys. */
  readonly clientId: string
  readonly address: string | undefined
}

/** Why something ended, in the audit log. */
const REASON = 'its client revoked it'

/**
 * Revokes a token, key or refresh token of a client (REV-1). One that is not known, or over, is no error.
 * @throws OAuthRefusal `invalid_grant` for a live one of another client.
 */
export async function revokeByClient(
  context: Context,
  revoked: ClientRevoking,
  actor: Actor,
): Promise<void> {
  const { token, clientId } = revoked
  const id = await credentialNamed(context, revoked)
  if (id !== undefined) return endCredential(context, id, actor)
  const claims = await ownClaims(context, token)
  if (claims === undefined) return
  if (claims.client_id !== clientId) throw foreign()
  await revoking(context, (moment) => revokeToken(moment, claims, actor))
}

/** The credential that the text itself is, an API key or a refresh token, if it is live. */
async function credentialNamed(
  context: Context,
  { token, clientId, address }: ClientRevoking,
): Promise<string | undefined> {
  const isRefresh = readRefreshToken(context.keys, token) !== undefined
  const key = token.startsWith(API_KEY_PREFIX) ? readApiKey(token) : undefined
  if (!isRefresh && key === undefined) return undefined
  try {
    const found = isRefresh
      ? await context.database.read((moment) => findByRefreshToken(context, moment, token))
      : undefined
    if (key !== undefined) await proveKey(context, key, address)
    const owner = key?.id ?? 'native'
    if (owner !== clientId) throw foreign()
    return key?.id ?? found?.live.session.id
  } catch (error) {
    const isOver = error instanceof KeyhavenError && error.status === 401
    if (isOver && !(error instanceof OAuthRefusal)) return undefined
    throw error
  }
}

async function endCredential(context: Context, id: string, actor: Actor): Promise<void> {
  const ending = { code: 'session_ended', actor, reason: REASON } as const
  await revoking(context, (moment) => writeSessionEnd(moment, id, ending))
}

/** Ends the credential of a token that has one to itself, and the session of an app; else the token only. */
async function revokeToken(
  moment: RevokingMoment,
  claims: AccessTokenClaims,
  actor: Actor,
): Promise<void> {
  const token = await findToken(moment.db, claims.jti)
  const standsOn = token?.credential_id ?? undefined
  const credential = standsOn === undefined ? undefined : await findEndable(moment.db, standsOn)
  const isWhole =
    credential !== undefined &&
    credential.kind !== 'api-key' &&
    (credential.kind !== 'session' || claims.client_id === 'native')
  if (isWhole) {
    await writeSessionEnd(moment, credential.id, { code: 'session_ended', actor, reason: REASON })
    return
  }
  await writeTokenRevoked(moment, claims, { token, actor, reason: REASON })
}

function foreign(): OAuthRefusal {
  return new OAuthRefusal(
    'invalid_grant',
    'The token is of another client: only its own client can revoke it here.',
  )
}
