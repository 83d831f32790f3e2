import { randomBytes } from 'node:crypto'
import { endedMessage, knownAccount } from './known-account.ts'
import { withKeyhaven } from '../installation.ts'
import { printResult } from '../report.ts'

/**
 * `keyhaven accounts reset-password`: sets a random password, prints it once, and ends every
 * session.
 */
export function accountsResetPassword(
  name: string,
  { json }: { readonly json?: boolean },
): Promise<void> {
  return withKeyhaven(async ({ accounts }) => {
    const { id, email, status } = knownAccount(await accounts.find({ login: name }), name)
    const password = randomBytes(18).toString('base64url')
    const { sessions } = await accounts.resetPassword(email, password)
    printResult(json, { id, email, password, ended: { sessions } }, () => [
      `${email} has a new password (shown once): ${password}`,
      endedMessage(sessions),
      ...(status === 'active' ? [] : [`the account is ${status}: no password signs in to it`]),
    ])
  })
}
