import { issueAccessToken } from '@keyhaven/core'
import type { AccessTokenClaims } from '@keyhaven/core/wire'
import type { Moment } from '../database/database.ts'
import { sha256 } from '../secrets/hash.ts'
import { newId, newSecret } from '../secrets/random.ts'
import { rolesOf } from '../stores/accounts.ts'
import type { Account } from '../stores/accounts.ts'
import { insertSession } from '../stores/sessions.ts'
import { recordToken } from '../stores/tokens.ts'
import { accessClaims } from './access-claims.ts'
import type { LiveSession } from './access-claims.ts'
import type { Values } from './application.ts'
import type { Rooms } from './rooms.ts'

/** How and where a person signed in. */
export interface SignInFacts {
  readonly amr: readonly string[]
  readonly device?: string | undefined
  readonly remember?: boolean | undefined
}

/** A session with the credentials that go into its cookies. */
export interface OpenedSession extends LiveSession {
  readonly claims: AccessTokenClaims
  readonly accessToken: string
  readonly sessionCookie: string
}

/** Whose session is opened, how they proved it, and what the application adds. */
export interface Opening {
  readonly account: Account
  readonly facts: SignInFacts
  readonly values: Values
}

/** Opens a session and issues its first token: where every way of signing in ends. */
export async function openSession(
  rooms: Pick<Rooms, 'rules' | 'keys'>,
  { db, now }: Moment,
  { account, facts, values }: Opening,
): Promise<OpenedSession> {
  const { idle, absolute } = rooms.rules.lifetimes
  const sessionCookie = newSecret()
  const session = {
    id: newId('ses'),
    account_id: account.id,
    cookie_hash: sha256(sessionCookie),
    created_at: now,
    auth_time: now,
    amr: JSON.stringify(facts.amr),
    device: facts.device ?? null,
    remember: facts.remember ? 1 : 0,
    last_used_at: now,
    idle_expires_at: now + idle * 1000,
    absolute_expires_at: absolute === undefined ? null : now + absolute * 1000,
    ended_at: null,
    end_code: null,
    renewed_jti: null,
    renewed_at: null,
  }
  await insertSession(db, session)
  const live = { account, session, roles: await rolesOf(db, account.id) }
  const claims = accessClaims(rooms, { ...live, values }, now)
  await recordToken(db, account.id, claims)
  const accessToken = issueAccessToken(claims, rooms.keys.at(now).signing)
  return { ...live, claims, accessToken, sessionCookie }
}
