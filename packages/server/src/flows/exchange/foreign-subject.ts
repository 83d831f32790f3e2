import { checkTimes, LEEWAY, parseStrictObject, verifyJws } from '@keyhaven/core'
import { KeyhavenError } from '@keyhaven/core/errors'
import type { TrustedIssuer } from '../../config/exchange/trusted-issuer.ts'
import { callApplication } from '../application/call.ts'
import type { OpenIssuer } from './open.ts'
import { invalidGrant } from './invalid-grant.ts'
import type { Exchanging, Subject } from './request.ts'

/** Seconds for which a token without `jti` can be exchanged: it may be exchanged again meanwhile (H41). */
const UNNAMED_FOR = 300

/** Longest life of a token in seconds, as of those of this service: its `jti` is noted for so long. */
const MAX_LIFE = 86_400

/** Most characters of a token of another service. */
const MOST = 16_384

/** Most characters of a `jti`. */
const LONGEST_JTI = 512

type Members = Readonly<Record<string, unknown>>

/** The `iss` that a token claims to have, without any check; `undefined` for what is no JWT. */
export function claimedIssuer(token: string): string | undefined {
  if (token.length > MOST) return undefined
  const iss = membersOf(token, 1)?.['iss']
  return typeof iss === 'string' ? iss : undefined
}

/**
 * Checks a token of a trusted issuer and finds its account.
 * @throws OAuthRefusal `invalid_grant`; KeyhavenError `unavailable` without the issuer's keys, `internal` if the
 * application fails.
 */
export async function foreignSubject(
  { tools: { clock, log } }: Pick<Exchanging, 'tools'>,
  { trusted, keys }: OpenIssuer,
  token: string,
): Promise<Subject> {
  const claims = await provedClaims({ trusted, keys }, token)
  const fault = faultOf(claims, trusted, Math.floor(clock.now() / 1000))
  if (fault !== undefined) {
    log.info({ issuer: trusted.issuer, reason: fault }, 'a token of a trusted issuer was refused')
    throw invalidGrant('The token of the trusted issuer is not valid here: exchange a new one.')
  }
  const accountId = await callApplication('account of a trusted issuer', () =>
    trusted.account(claims),
  )
  if (typeof accountId !== 'string') {
    throw invalidGrant('The token of the trusted issuer stands for no account here.')
  }
  const expiresAt = ((claims['exp'] as number) + LEEWAY) * 1000
  const jti = claims['jti']
  return {
    from: {
      kind: 'foreign',
      issuer: trusted.issuer,
      once: typeof jti === 'string' ? { jti, expiresAt } : undefined,
    },
    accountId,
    clientId: trusted.issuer,
    audiences: [],
    scope: trusted.scopes,
    endsAt: (claims['exp'] as number) * 1000,
    act: undefined,
    mayAct: claims['may_act'],
    kept: {},
  }
}

async function provedClaims({ trusted, keys }: OpenIssuer, token: string): Promise<Members> {
  const header = membersOf(token, 0)
  const { alg, kid, typ } = header ?? {}
  const names = trusted.algorithms.map(nameOf)
  if (typeof alg !== 'string' || !names.includes(nameOf(alg))) throw wrong('alg')
  if (typeof typ !== 'string' || typeOf(typ) !== typeOf(trusted.typ)) throw wrong('typ')
  if (kid !== undefined && typeof kid !== 'string') throw wrong('kid')
  const key = await keys.find(kid)
  if (key === undefined) throw wrong('kid')
  // The key fixes the algorithm if it names one; its type admits only some (RFC 8725 §3.1)
  const wanted = key.alg ?? alg
  if (typeof wanted !== 'string' || !names.includes(nameOf(wanted))) throw wrong('alg')
  try {
    const { payload } = verifyJws(token, { key, alg: wanted })
    const claims = parseStrictObject(payload)
    if (claims.ok) return claims.value
  } catch (error) {
    if (!(error instanceof KeyhavenError)) throw error
  }
  throw wrong('signature')
}

/** Why the claims are refused; `undefined` if they are good at this second. */
function faultOf(claims: Members, { issuer, audience }: TrustedIssuer, now: number) {
  const { iss, aud, exp, iat, nbf, jti } = claims
  if (iss !== issuer) return 'iss'
  if (![aud].flat().includes(audience)) return 'aud'
  if (!isTime(exp) || !(iat === undefined || isTime(iat))) return 'exp and iat are whole seconds'
  const begin = iat ?? now
  if (exp <= begin || exp - Math.min(begin, now) > MAX_LIFE) return 'exp - iat'
  const untimely = checkTimes({ exp, iat: begin, nbf }, now)
  if (untimely !== undefined || exp <= now) return untimely?.reason ?? 'exp'
  if (jti === undefined && (iat === undefined || now - iat > UNNAMED_FOR)) {
    return 'it has no jti, and is older than five minutes'
  }
  if (jti !== undefined && !isName(jti)) return 'jti'
  // Neither a proof of a key nor a chain of actors can be checked here
  return ['cnf', 'act'].find((name) => claims[name] !== undefined)
}

function membersOf(token: string, at: number): Members | undefined {
  const segments = token.split('.', 4)
  if (segments.length !== 3) return undefined
  const parsed = parseStrictObject(Buffer.from(segments[at] ?? '', 'base64url'))
  return parsed.ok ? parsed.value : undefined
}

/** EdDSA is the former name of Ed25519 (RFC 9864). */
function nameOf(alg: string): string {
  return alg === 'EdDSA' ? 'Ed25519' : alg
}

/** A media type in a header may leave out `application/` (RFC 7515 §4.1.9). */
function typeOf(typ: string): string {
  return typ.toLowerCase().replace(/^application\//, '')
}

function isTime(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && value.length <= LONGEST_JTI
}

function wrong(member: string) {
  return invalidGrant(`The token of the trusted issuer is not valid here: its ${member}.`)
}
