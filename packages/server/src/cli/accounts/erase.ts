import { InvalidArgumentError } from 'commander'
import { EXAMPLE_REASON } from '../with-example.ts'
import { knownAccount } from './known-account.ts'
import { withKeyhaven } from '../installation.ts'
import { printResult } from '../report.ts'

interface Flags {
  readonly reason?: string
  readonly json?: boolean
}

/** `keyhaven accounts erase`: ends all access now; a running service erases the account at its time. */
export async function accountsErase(name: string, { reason = '', json }: Flags): Promise<void> {
  if (reason.trim() === '')
    throw new InvalidArgumentError(`--reason must not be empty: write why, as in ${EXAMPLE_REASON}`)
  return withKeyhaven(async ({ accounts }) => {
    const { id, email } = knownAccount(await accounts.find({ login: name }), name)
    const { erasesAt } = await accounts.erase(id, reason)
    printResult(json, { id, email, erasesAt }, () => [
      `${email} can’t be used any more, and will be erased on ${erasesAt}; until then \`keyhaven accounts keep ${email}\` undoes it`,
    ])
  })
}
