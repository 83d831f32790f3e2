import { KeyhavenError } from '@keyhaven/core/errors'
import type { Moment } from '../../database/database.ts'
import { happened } from '../../events/happened.ts'
import type { Actor } from '../../events/happened.ts'
import { localeFor } from '../../events/locale-for.ts'
import { scopesOfSession } from '../../model/access-claims.ts'
import type { LiveSession } from '../../model/access-claims.ts'
import type { Values } from '../../model/application.ts'
import { OAuthRefusal } from '../../model/oauth-refusal.ts'
import { pageLink } from '../../model/page-link.ts'
import { refreshTokenOf } from '../../model/refresh-token.ts'
import { findFamily, rotateFamily } from '../../stores/credentials/refresh-families.ts'
import type { SeenFrom } from '../../stores/sessions.ts'
import type { Context } from '../context.ts'
import { revoking } from '../revocation/revoking.ts'
import { lockLiveSession } from '../sessions/lock-live.ts'
import { renewLocked, valuesFor } from '../sessions/renew.ts'
import type { RenewedSession } from '../sessions/renew.ts'
import { writeSessionEnd } from '../sessions/write-ends.ts'
import { findByRefreshToken, standingOf } from './find.ts'
import type { LiveRefreshToken, Standing } from './find.ts'

/** A refresh token, and from where it is used. */
export interface Refresh {
  readonly refreshToken: string
  /** Scopes that the user must have; the session's tokens have all of them either way. */
  readonly scope?: readonly string[] | undefined
  readonly from?: SeenFrom | undefined
}

/** The session with its next tokens. */
export interface Refreshed {
  readonly session: RenewedSession
  readonly refreshToken: string
}

/**
 * Uses a refresh token: the session gets its next tokens, and never a longer life. Parallel uses, and one
 * within seconds of a lost answer, get the same successor. Any later use ends the session, because one of two
 * that have the token is a thief (S02).
 * @throws OAuthRefusal `invalid_scope` for one that the user does not have; KeyhavenError `token_invalid`, `session_ended`, and others that end a session.
 */
export async function useRefreshToken(
  context: Context,
  refresh: Refresh,
  actor: Actor,
): Promise<Refreshed> {
  let outcome = 'failed'
  try {
    const used = await findAndUse(context, refresh).catch((error: unknown) => {
      // The same session may have changed its password in between, which leaves it its refresh token
      if (error instanceof KeyhavenError && error.code === 'token_invalid') {
        return findAndUse(context, refresh)
      }
      throw error
    })
    if (used.standing === 'reused') {
      await endReused(context, used.live, actor)
      outcome = 'reused'
      throw new KeyhavenError('session_ended', { reason: 'its refresh token was used again' })
    }
    outcome = used.standing === 'current' ? 'rotated' : 'repeated'
    return used.refreshed
  } catch (error) {
    const isRefused = error instanceof KeyhavenError && error.status < 500
    if (isRefused && outcome === 'failed') outcome = 'refused'
    throw error
  } finally {
    context.tools.metrics.renewals.refreshTokens.add({ outcome })
  }
}

async function findAndUse(context: Context, { refreshToken, scope, from }: Refresh): Promise<Used> {
  const found = await context.database.read((moment) =>
    findByRefreshToken(context, moment, refreshToken),
  )
  const values = await valuesFor(context, found.live)
  return context.database.transact((moment) =>
    use(context, moment, { ...found, values, scope, from }),
  )
}

interface Using extends LiveRefreshToken, Pick<Refresh, 'scope'> {
  readonly values: Values | undefined
  readonly from: SeenFrom | undefined
}

type Used =
  | { readonly standing: Exclude<Standing, 'reused'>; readonly refreshed: Refreshed }
  | { readonly standing: 'reused'; readonly live: LiveSession }

async function use(
  context: Context,
  moment: Moment,
  { token, live: found, values, scope = [], from }: Using,
): Promise<Used> {
  const { db, now } = moment
  // Every change of a family takes this lock, so of two uses at once one is the first
  const live = await lockLiveSession(moment, found)
  const family = await findFamily(db, token.family)
  if (family === undefined) throw new KeyhavenError('token_invalid')
  const standing = standingOf(family, token, now)
  if (standing === 'reused') return { standing, live }
  const held = scopesOfSession(context, live)
  if (!scope.every((one) => held.includes(one))) throw unheld()
  const generation = token.generation + 1
  if (standing === 'current') await rotateFamily(db, live.session, { generation, at: now })
  const session = await renewLocked(context, moment, { live, values, extend: true, from })
  const refreshToken = refreshTokenOf(context.keys, { family: token.family, generation })
  return { standing, refreshed: { session, refreshToken } }
}

function unheld(): OAuthRefusal {
  return new OAuthRefusal(
    'invalid_scope',
    'The user does not have one of these scopes: name fewer of them, or none.',
  )
}

/** Ends the session of a token that was used again, and mails its owner. Of several uses at once one ends it. */
async function endReused(
  context: Context,
  { account: found, session }: LiveSession,
  actor: Actor,
): Promise<void> {
  await revoking(context, async (moment) => {
    const reason = 'its refresh token was used again'
    const ending = { code: 'session_ended', actor, reason } as const
    if (!(await writeSessionEnd(moment, session.id, ending))) return
    await happened(moment, 'refresh_token.reused', {
      actor,
      account: found.id,
      session: session.id,
      mail: {
        template: 'refresh-token-reused',
        to: found.email,
        locale: localeFor(found, actor),
        values: {
          at: moment.now,
          device: session.device ?? session.browser ?? '',
          address: actor.address ?? '',
          link: pageLink(context.settings, 'reset'),
        },
      },
    })
  })
}
