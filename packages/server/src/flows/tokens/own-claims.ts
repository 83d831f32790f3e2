import { checkAccessToken } from '@keyhaven/core'
import type { AccessTokenClaims } from '@keyhaven/core/wire'
import type { Context, ContextPart } from '../context.ts'

/** What checking a token of this service for any audience needs. */
export type CheckingTokens = Pick<Context, 'settings' | 'keys'> &
  ContextPart<'revocations', 'copy' | 'follow'> &
  ContextPart<'tools', 'clock'>

/** Milliseconds that the copy of the revocations may be old. */
const FRESH = 250

/**
 * The claims of a token of this service, whatever its audience; `undefined` for any other text, and for a token that
 * has expired or was revoked.
 */
export async function ownClaims(
  { settings, keys, revocations, tools: { clock } }: CheckingTokens,
  token: string,
): Promise<AccessTokenClaims | undefined> {
  if (clock.age() > FRESH) await revocations.follow()
  const now = Math.floor(clock.now() / 1000)
  const checked = checkAccessToken(token, {
    keys: keys.at(clock.now()).set,
    issuer: settings.issuer,
    audience: audiencesIn(token),
    now,
  })
  if (!checked.ok || checked.claims.exp <= now) return undefined
  return revocations.copy.find(checked.claims) === undefined ? checked.claims : undefined
}

/** Every audience that an unchecked token names: which of them counts depends on the client. */
function audiencesIn(token: string): readonly string[] {
  try {
    const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()
    const { aud } = JSON.parse(payload) as { readonly aud?: unknown }
    return [aud].flat().filter((one) => typeof one === 'string')
  } catch {
    return []
  }
}
