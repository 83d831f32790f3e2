import { happened } from '../../events/happened.ts'
import type { Actor } from '../../events/happened.ts'
import { lockAccount, setHash } from '../../stores/accounts.ts'
import type { Account } from '../../stores/accounts.ts'
import { causeOf } from '../../telemetry/failure-log.ts'
import type { Context, ContextPart } from '../context.ts'

type Needs = Pick<Context, 'database'> & ContextPart<'tools', 'passwords' | 'log'>

/**
 * Hashes a password again that was right, if its hash was made at a lower cost than today's or with
 * another pepper. A failure changes nothing and throws nothing: the next sign-in tries again. If
 * the password changes meanwhile, the change wins.
 */
export async function renewHash(
  { database, tools: { passwords, log } }: Needs,
  { account, password }: { readonly account: Account; readonly password: string },
  actor: Actor,
): Promise<void> {
  const { id, password_hash: former } = account
  if (!passwords.isOutdated(former)) return
  try {
    const hash = await passwords.hash('change', password)
    await database.transact(async (moment) => {
      const locked = await lockAccount(moment.db, id)
      if (locked?.password_hash !== former) return
      await setHash(moment.db, locked, hash)
      await happened(moment, 'password.hash_renewed', { actor, account: id })
    })
  } catch (error) {
    log.warn({ ...causeOf(error), account: id }, 'the hash of a password could not be renewed')
  }
}
