import { CommanderError } from 'commander'
import { endedMessage, knownAccount } from './known-account.ts'
import { withKeyhaven } from '../installation.ts'
import { printResult } from '../report.ts'

interface Flags {
  readonly reason?: string
  readonly json?: boolean
}

/**
 * `keyhaven accounts reset-password`: prints a link with which the user sets another password, once,
 * and ends every session.
 */
export async function accountsResetPassword(name: string, { reason, json }: Flags): Promise<void> {
  await withKeyhaven(async ({ accounts }) => {
    // A log that keeps the output would keep the link
    if (!json && !process.stdout.isTTY) {
      const what = 'the link is a secret: run this command at a terminal, or with --json'
      throw new CommanderError(2, 'keyhaven.secret', what)
    }
    const { id, email } = knownAccount(await accounts.find({ login: name }), name)
    const { link, expiresAt, ended } = await accounts.resetPassword(id, reason)
    printResult(json, { id, email, link, expiresAt, ended }, () => [
      `${email} sets a new password with this link (shown once, until ${expiresAt}):`,
      link,
      endedMessage(ended),
    ])
  })
}
