import { readApiKey } from '@keyhaven/core'
import { API_KEY_PREFIX } from '@keyhaven/core/wire'
import type { AccessTokenClaims } from '@keyhaven/core/wire'
import { scopesOfKey } from '../api-keys/issue.ts'
import { proveKey } from '../api-keys/prove.ts'
import { audiencesOfKey } from '../api-keys/token.ts'
import { ownClaims } from '../tokens/own-claims.ts'
import { asGrant, invalidGrant, NOT_LIVE } from './invalid-grant.ts'
import type { Exchanging, Subject } from './request.ts'

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
  const claims = await claimsToExchange(context, token)
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
export async function claimsToExchange(
  context: Exchanging,
  token: string,
): Promise<AccessTokenClaims> {
  const claims = await ownClaims(context, token)
  if (claims === undefined) throw invalidGrant(NOT_LIVE)
  return claims
}

function accountOf({ settings }: Exchanging, { sub }: AccessTokenClaims): string {
  return sub.slice(`${settings.issuer}/accounts/`.length)
}

function picked(claims: AccessTokenClaims, names: readonly string[]): Partial<AccessTokenClaims> {
  return Object.fromEntries(Object.entries(claims).filter(([name]) => names.includes(name)))
}
