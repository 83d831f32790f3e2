import { KeyhavenError } from '@keyhaven/core/errors'
import type { AccountView } from '@keyhaven/core/wire'
import { happened } from '../../events/happened.ts'
import type { Actor } from '../../events/happened.ts'
import { isHeld } from '../../stores/attempts.ts'
import { findAccountByLogin, lockAccount, setProfile } from '../../stores/accounts.ts'
import type { ProfileColumns as Columns } from '../../stores/accounts.ts'
import { trimmedLogin, usernameKey } from '../../model/canonical-login.ts'
import { requireRank } from '../application/rank.ts'
import type { Held } from '../application/rank.ts'
import type { Context } from '../context.ts'
import { viewAccount } from '../../views/account.ts'

/** Members that are left out stay as they are; `null` removes one. */
export interface ProfileChange {
  readonly name?: string | null | undefined
  readonly username?: string | null | undefined
  readonly profile?: Readonly<Record<string, unknown>> | null | undefined
  /** A language tag, which decides the language of mails. */
  readonly locale?: string | null | undefined
}

interface OfWhom {
  readonly accountId: string
  readonly held: Held
}

/**
 * Changes name, user name, profile or language of an account.
 * @throws KeyhavenError `conflict` if another account has the user name.
 */
export function changeProfile(
  context: Pick<Context, 'settings' | 'database'>,
  { accountId, change, held }: OfWhom & { readonly change: ProfileChange },
  actor: Actor,
): Promise<AccountView> {
  const columns = columnsOf(change)
  return context.database.transact(async (moment) => {
    const { db } = moment
    const account = await lockAccount(db, accountId)
    if (account === undefined) throw new KeyhavenError('not_found')
    await requireRank(context.settings.access, db, { account, held })
    const key = columns.username_key
    const isOther = key && key !== account.username_key
    if (isOther && ((await findAccountByLogin(db, key)) ?? (await isHeld(moment, key)))) {
      throw new KeyhavenError('conflict', { detail: 'This user name is taken: choose another.' })
    }
    await setProfile(db, account, columns)
    const details = { members: Object.keys(change) }
    await happened(moment, 'account.changed', { actor, account: accountId, details })
    return viewAccount(context, { ...account, ...columns })
  })
}

function columnsOf({ name, username, profile, locale }: ProfileChange): Columns {
  return {
    ...(locale !== undefined && { locale }),
    ...(name !== undefined && { name }),
    ...(profile !== undefined && { profile: profile && JSON.stringify(profile) }),
    ...(username !== undefined && {
      username: username && trimmedLogin(username),
      username_key: username && keyOf(username),
    }),
  }
}

function keyOf(username: string): string {
  const key = usernameKey(username)
  if (key !== undefined) return key
  const message = 'Use 2 to 64 letters, digits, dots, hyphens and underscores.'
  throw new KeyhavenError('invalid_request', { errors: [{ path: 'username', message }] })
}
