import type { AccountStatus } from '@keyhaven/core/wire'
import { KeyhavenError } from '@keyhaven/core/errors'
import type { Actor } from '../../events/happened.ts'
import { lockAccount } from '../../stores/accounts.ts'
import { findErasure } from '../../stores/personal-data/erasures.ts'
import { undoErasure } from '../accounts/undo-erasure.ts'
import { requireRank } from '../application/rank.ts'
import type { Held } from '../application/rank.ts'
import type { Context } from '../context.ts'
import { proveLink } from '../links/prove.ts'
import { useLink } from '../links/use.ts'

/** A browser that has begun nothing: a link needs no attempt. */
const browser = { cookie: '', sha256: '', attempts: [] } as const

/**
 * Undoes an erasure by the link from its mail. Of two calls at once, one succeeds.
 * @throws KeyhavenError `link_invalid`, `link_expired`.
 */
export async function endErasureByLink(
  context: Pick<Context, 'database' | 'keys'>,
  token: string,
  actor: Actor,
): Promise<{ readonly status: AccountStatus }> {
  const link = await proveLink(context, { purpose: 'erasure-undo', proof: { token }, browser })
  return context.database.transact(async (moment) => {
    const account = await lockAccount(moment.db, link.account_id ?? '')
    await useLink(moment, link)
    // An operator may have set another address or password
    const isAsThen =
      account?.email_key === link.email_key &&
      account.credential_version === link.credential_version
    if (account === undefined || !isAsThen) throw new KeyhavenError('link_invalid')
    const status = await undoErasure(moment, account, { actor })
    if (status === undefined) throw new KeyhavenError('link_invalid')
    return { status }
  })
}

/** An account whose erasure an operator undoes. */
export interface EndedErasure {
  readonly accountId: string
  readonly reason?: string | undefined
  readonly held: Held
}

/**
 * Undoes an erasure for an operator.
 * @throws KeyhavenError `not_found` if no erasure waits, `conflict` if its time has come.
 */
export function endErasure(
  { database, settings }: Pick<Context, 'database' | 'settings'>,
  { accountId, reason, held }: EndedErasure,
  actor: Actor,
): Promise<{ readonly status: AccountStatus }> {
  return database.transact(async (moment) => {
    const { db } = moment
    const account = await lockAccount(db, accountId)
    if (account === undefined) throw new KeyhavenError('not_found')
    await requireRank(settings.access, db, { account, held })
    const status = await undoErasure(moment, account, { actor, reason })
    if (status !== undefined) return { status }
    if ((await findErasure(db, account)) === undefined) throw new KeyhavenError('not_found', NONE)
    throw new KeyhavenError('conflict', OVER)
  })
}

const NONE = { detail: 'This account is not about to be erased: there is nothing to undo.' }

const OVER = { detail: 'The time of this erasure has come: it can’t be undone any more.' }
