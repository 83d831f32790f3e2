import { endedMessage, knownAccount } from './known-account.ts'
import { withKeyhaven } from '../installation.ts'
import { printResult } from '../report.ts'

interface Flags {
  readonly reason: string
  readonly json?: boolean
}

/**
 * `keyhaven accounts reset-factors`: lets a user who has lost every second factor sign in by the
 * password, and ends every session.
 */
export async function accountsResetFactors(name: string, { reason, json }: Flags): Promise<void> {
  await withKeyhaven(async ({ accounts }) => {
    const { id, email } = knownAccount(await accounts.find({ login: name }), name)
    const { factors, ended } = await accounts.resetFactors(id, reason)
    printResult(json, { id, email, factors, ended }, () => [
      factors === 0
        ? `${email} had no second factor`
        : `${email} has no second factor any more (removed: ${factors}), and signs in by the password`,
      endedMessage(ended),
    ])
  })
}
