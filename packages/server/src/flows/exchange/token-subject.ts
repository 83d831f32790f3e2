import { checkAccessToken, readApiKey } from '@keyhaven/core'
import { API_KEY_PREFIX } from '@keyhaven/core/wire'
import type { AccessTokenClaims } from '@keyhaven/core/wire'
import { scopesOfKey } from '../api-keys/issue.ts'
import { proveKey } from '../api-keys/prove.ts'
import { audiencesOfKey } from '../api-keys/token.ts'
import { asGrant, invalidGrant, NOT_LIVE } from './invalid-grant.ts'
import type { Exchanging, Subject } from './request.ts'

/** Milliseconds that the copy of the revocations may be old. */
const FRESH = 250

/** Whether a text is meant as an API key. */
export function isKey(token: string): boolean {
  return token.startsWith(API_KEY_PREFIX)
}

/** The subject that an API key is. @throws OAuthRefusal `invalid_grant`; KeyhavenError. */
export async function keySubject(
  context: Exchanging,
  token: string,
  address: string | undefined,
): Promise<Subject> {
  const parts = readApiKey(token)
  if (parts === undefined) throw invalidGrant(NOT_LIVE)
  const { key, account } = await asGrant(proveKey(context, parts, address))
  return {
    from: { kind: 'key', id: key.id },
    accountId: account.id,
    clientId: key.id,
    audiences: audiencesOfKey(context, key),
    scope: scopesOfKey(key),
    endsAt: null,
    act: undefined,
    mayAct: undefined,
    kept: {},
  }
}

/** The subject that a token of this service is. @throws OAuthRefusal `invalid_grant`. */
export async function tokenSubject(context: Exchanging, token: string): Promise<Subject> {
  const claims = await ownClaims(context, token)
  const names = Object.keys(context.tools.application.claims)
  return {
    from: { kind: 'token', jti: claims.jti, era: claims.era },
    accountId: accountOf(context, claims),
    clientId: claims.client_id,
    audiences: claims.aud,
    scope: (claims.scope ?? '').split(' ').filter((one) => one !== ''),
    endsAt: claims.exp * 1000,
    act: claims.act,
    mayAct: claims['may_act'],
    kept: picked(claims, [...names, 'sid', 'auth_time', 'amr']),
  }
}

/** The claims of a live token of this service for any audience. @throws OAuthRefusal `invalid_grant`. */
export async function ownClaims(context: Exchanging, token: string): Promise<AccessTokenClaims> {
  const { settings, keys, revocations, tools } = context
  if (tools.clock.age() > FRESH) await revocations.follow()
  const now = Math.floor(tools.clock.now() / 1000)
  const { set } = keys.at(tools.clock.now())
  const audience = audiencesIn(token)
  const checked = checkAccessToken(token, { keys: set, issuer: settings.issuer, audience, now })
  // A token in its leeway leaves no life for another
  if (!checked.ok || checked.claims.exp <= now) throw invalidGrant(NOT_LIVE)
  if (revocations.copy.find(checked.claims) !== undefined) throw invalidGrant(NOT_LIVE)
  if (checked.claims['cnf'] === undefined) return checked.claims
  throw invalidGrant('The token is bound to a key whose proof this service can’t check.')
}

function accountOf({ settings }: Exchanging, { sub }: AccessTokenClaims): string {
  return sub.slice(`${settings.issuer}/accounts/`.length)
}

/** Every audience that a token names: which of them counts depends on the client. */
function audiencesIn(token: string): readonly string[] {
  try {
    const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()
    const { aud } = JSON.parse(payload) as { readonly aud?: unknown }
    return [aud].flat().filter((one) => typeof one === 'string')
  } catch {
    return []
  }
}

function picked(claims: AccessTokenClaims, names: readonly string[]): Partial<AccessTokenClaims> {
  return Object.fromEntries(Object.entries(claims).filter(([name]) => names.includes(name)))
}
