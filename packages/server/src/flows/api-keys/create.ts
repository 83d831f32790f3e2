import { KeyhavenError } from '@keyhaven/core/errors'
import type { NewApiKey } from '@keyhaven/core/wire'
import type { Connection } from '../../database/database.ts'
import { localeFor } from '../../events/locale-for.ts'
import { happened } from '../../events/happened.ts'
import type { Actor } from '../../events/happened.ts'
import { mostScopes } from '../../model/access-claims.ts'
import type { LiveSession, Scoped } from '../../model/access-claims.ts'
import { pageLink } from '../../model/page-link.ts'
import { cookieAudiences, scopesStillHeld } from '../../model/token-basis.ts'
import { sha256 } from '../../secrets/hashes/hash.ts'
import { newApiKey } from '../../secrets/random.ts'
import { countLiveKeys, insertApiKey } from '../../stores/credentials/api-keys.ts'
import { insertCredential } from '../../stores/credentials/credentials.ts'
import { guardAudiences } from '../../stores/guards.ts'
import { viewApiKey } from '../../views/api-key.ts'
import { eraOf } from '../credentials/end-era.ts'
import { outlivesRestore } from '../credentials/kinds.ts'
import type { Context } from '../context.ts'
import { lockLiveSession } from '../sessions/lock-live.ts'
import { apiKeyKind } from './kind.ts'

/** An API key that a user wants. */
export interface WantedKey {
  readonly name: string
  /** Without it all that the user has now. */
  readonly scope?: readonly string[] | undefined
  /** Without it all that a cookie's token works at. */
  readonly audience?: readonly string[] | undefined
  /** Seconds; without it the longest life. */
  readonly expiresIn?: number | undefined
  /** Networks in CIDR form; without it all. */
  readonly addresses?: readonly string[] | undefined
}

/** Live keys that an account may have. */
const MOST_KEYS = 100

/**
 * Makes an API key for the user of a session, who is mailed about it. Only the hash of its secret is stored, so this
 * is the only time it can be seen. The key outlives the session.
 * @throws KeyhavenError `invalid_request`, `insufficient_scope`, `conflict`.
 */
export async function createApiKey(
  context: Pick<Context, 'settings' | 'database'>,
  { live, wanted }: { readonly live: LiveSession; readonly wanted: WantedKey },
  actor: Actor,
): Promise<NewApiKey> {
  const { settings, database } = context
  const life = lifeOf(context, wanted)
  return database.transact(async (moment) => {
    const { db, now } = moment
    const { account, session, roles } = await lockLiveSession(moment, live)
    await requireKnown(context, db, wanted)
    const scope = scopeOf(context, { roles, session }, wanted)
    if ((await countLiveKeys(moment, account)) >= MOST_KEYS) throw tooMany()
    // Its tokens carry the era, with which all of them end
    await eraOf(db, account)
    const { id, secret } = newApiKey()
    const credential = await insertCredential(db, account, {
      id,
      kind: apiKeyKind.name,
      client_id: id,
      scope: JSON.stringify(scope),
      parent_id: null,
      created_at: now,
      last_used_at: now,
      idle_expires_at: null,
      absolute_expires_at: now + life * 1000,
      outlives: outlivesRestore(apiKeyKind),
    })
    const key = await insertApiKey(db, credential, {
      name: wanted.name,
      secret_sha256: sha256(secret),
      audiences: listOf(wanted.audience),
      addresses: listOf(wanted.addresses),
      session_id: session.id,
    })
    const view = viewApiKey(context, key, roles)
    await happened(moment, 'api_key.created', {
      actor,
      account: account.id,
      session: session.id,
      details: { key: id, scope, expiresAt: view.expiresAt },
      mail: {
        template: 'api-key-created',
        to: account.email,
        locale: localeFor(account, actor),
        values: { at: now, name: key.name, prefix: id, link: pageLink(settings, 'reset') },
      },
    })
    return { ...view, secret, key: `${id}_${secret}` }
  })
}

function lifeOf({ settings }: Pick<Context, 'settings'>, { expiresIn }: WantedKey): number {
  const most = settings.lifetimes.apiKeyMax
  if (expiresIn === undefined || expiresIn <= most) return expiresIn ?? most
  throw refused('expiresIn', `A key lives at most ${most} seconds here: use fewer.`)
}

/** The scopes of the key. One that its user gets later is not among them. */
function scopeOf(
  context: Pick<Context, 'settings'>,
  { roles, session }: Scoped,
  { scope }: WantedKey,
): readonly string[] {
  const held = scopesStillHeld(context, roles, mostScopes(session))
  const missing = scope?.find((one) => !held.includes(one))
  if (missing === undefined) return scope === undefined ? held : [...new Set(scope)]
  throw new KeyhavenError('insufficient_scope', {
    scope: missing,
    detail: 'A key can have only scopes that you have: leave this one out.',
  })
}

/** Refuses an audience that no token of a cookie and no guard has: the key would work nowhere there. */
async function requireKnown(
  context: Pick<Context, 'settings'>,
  db: Connection,
  { audience = [] }: WantedKey,
): Promise<void> {
  const own = cookieAudiences(context)
  const others = audience.filter((one) => !own.includes(one))
  if (others.length === 0) return
  const known = await guardAudiences(db)
  if (others.every((one) => known.has(one))) return
  throw refused('audience', `No API here has one of these audiences: use ${own.join(', ')}.`)
}

function listOf(texts: readonly string[] | undefined): string | null {
  return texts === undefined ? null : JSON.stringify([...new Set(texts)])
}

function refused(path: string, message: string): KeyhavenError {
  return new KeyhavenError('invalid_request', { errors: [{ path, message }] })
}

function tooMany(): KeyhavenError {
  return new KeyhavenError('conflict', {
    detail: `You have ${MOST_KEYS} API keys: remove one that you do not need.`,
  })
}
