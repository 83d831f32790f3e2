import { KeyhavenError } from '@keyhaven/core/errors'
import { happened } from '../../events/happened.ts'
import type { Actor } from '../../events/happened.ts'
import { localeFor } from '../../events/locale-for.ts'
import { pageLink } from '../../model/page-link.ts'
import { lockAccount, setPassword } from '../../stores/accounts.ts'
import { forgetDevices } from '../../stores/devices.ts'
import { findAdministered } from '../accounts/read.ts'
import { endAll } from '../credentials/end-all.ts'
import { writeTokenEnds } from '../tokens/write-ends.ts'
import { revoking } from '../revocation/revoking.ts'
import type { Revoking } from '../revocation/revoking.ts'
import type { Context, ContextPart } from '../context.ts'

type Needs = Revoking & Pick<Context, 'settings'> & ContextPart<'tools', 'passwords'>

/**
 * Sets another password for an account and ends all its sessions, for an operator. Use it if the
 * user forgot the password, or after a failover that lost a change of it.
 * @throws KeyhavenError `not_found`.
 */
export async function resetPassword(
  context: Needs,
  { email, password }: { readonly email: string; readonly password: string },
  actor: Actor,
): Promise<{ readonly sessions: number }> {
  const found = await findAdministered(context, { email })
  if (found === undefined) throw unknown(email)
  const hash = await context.tools.passwords.hash('change', password)
  return revoking(context, async (moment) => {
    const account = await lockAccount(moment.db, found.id)
    if (account === undefined) throw unknown(email)
    const version = await setPassword(moment.db, account, hash)
    await forgetDevices(moment.db, account)
    const ending = { code: 'session_ended', actor, reason: 'password reset' } as const
    const ended = await endAll(moment, { account, by: 'passwordChange' }, ending)
    const effect = { what: 'password', account: account.id, version } as const
    const tokens = await writeTokenEnds(moment, account, { effect })
    const details = { ended: { ...ended, tokens } }
    await happened(moment, 'password.reset', {
      actor,
      account: account.id,
      details,
      mail: {
        template: 'password-set',
        to: account.email,
        locale: localeFor(account, actor),
        values: { at: moment.now, link: pageLink(context.settings, 'reset') },
      },
    })
    return { sessions: ended.sessions }
  })
}

function unknown(email: string): KeyhavenError {
  return new KeyhavenError('not_found', {
    detail: `There is no account ${email}: check the address.`,
  })
}
