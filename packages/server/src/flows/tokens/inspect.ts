import { checkAccessToken, createKeySet, parseStrictObject } from '@keyhaven/core'
import type { Jwk } from '@keyhaven/core'
import type { Database, Moment } from '../../database/database.ts'
import { signingKeys } from '../../stores/keys.ts'
import type { SealedKey } from '../../stores/keys.ts'
import { findRevocation } from '../../stores/revocations.ts'
import { stateOf } from '../../model/key-ring.ts'
import type { KeyState } from '../../model/key-ring.ts'

/** The content of a token and whether it is valid here. The token can't be rebuilt from it. */
export interface Inspection {
  readonly header: Readonly<Record<string, unknown>> | undefined
  readonly claims: Readonly<Record<string, unknown>> | undefined
  readonly key: { readonly kid: string; readonly state: KeyState | 'unknown' } | undefined
  readonly valid: boolean
  /** The code that a guard would answer, and the failed check. */
  readonly code: string | undefined
  readonly reason: string | undefined
}

/** Decodes a token and checks it against the keys and revocations of this installation only. */
export async function inspectToken(
  database: Database | undefined,
  issuer: string,
  token: string,
): Promise<Inspection> {
  const [head = '', body = ''] = token.split('.')
  const header = membersOf(head)
  const claims = membersOf(body)
  const kid = typeof header?.['kid'] === 'string' ? header['kid'] : undefined
  if (database === undefined) {
    const reason = 'there is no database here to check it against: set KEYHAVEN_DATA'
    const key = kid === undefined ? undefined : { kid, state: 'unknown' as const }
    return { header, claims, key, valid: false, code: undefined, reason }
  }
  return database.read(async (moment) => {
    const rows = await signingKeys(moment.db)
    const row = rows.find((one) => one.kid === kid)
    const state = row === undefined ? 'unknown' : stateOf(row, rows, moment.now)
    const verdict = await verdictOf(moment, token, { rows, issuer, kid })
    return { header, claims, key: kid === undefined ? undefined : { kid, state }, ...verdict }
  })
}

interface Against {
  readonly rows: readonly SealedKey[]
  readonly issuer: string
  readonly kid: string | undefined
}

async function verdictOf(
  { db, now }: Moment,
  token: string,
  { rows, issuer, kid }: Against,
): Promise<Pick<Inspection, 'valid' | 'code' | 'reason'>> {
  const withdrawn = kid === undefined ? undefined : await findRevocation(db, 'kid', kid)
  if (withdrawn) return { valid: false, code: withdrawn.code, reason: 'its key was withdrawn' }
  const keys = rows.filter((row) => row.withdrawn_at === null).flatMap(publicJwk)
  const audience = audiencesOf(token, issuer)
  const checked = checkAccessToken(token, {
    keys: createKeySet({ keys }),
    issuer,
    audience,
    now: Math.floor(now / 1000),
  })
  if (!checked.ok) return { valid: false, code: checked.code, reason: checked.reason }
  const { jti, sid, client_id } = checked.claims
  const ids = { sid, client_id, jti }
  for (const kind of ['sid', 'client_id', 'jti'] as const) {
    const id = ids[kind]
    const entry = id === undefined ? undefined : await findRevocation(db, kind, id)
    if (entry) return { valid: false, code: entry.code, reason: `its ${kind} was revoked` }
  }
  return { valid: true, code: undefined, reason: undefined }
}

function publicJwk({ public_jwk }: SealedKey): Jwk[] {
  return public_jwk === null ? [] : [JSON.parse(public_jwk) as Jwk]
}

/** Accepts every audience that the token names. */
function audiencesOf(token: string, issuer: string): readonly string[] {
  const aud = membersOf(token.split('.')[1] ?? '')?.['aud']
  return Array.isArray(aud) ? [issuer, ...aud.filter((one) => typeof one === 'string')] : [issuer]
}

function membersOf(segment: string): Readonly<Record<string, unknown>> | undefined {
  const parsed = parseStrictObject(Buffer.from(segment, 'base64url'))
  return parsed.ok ? parsed.value : undefined
}
