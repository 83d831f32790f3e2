import { randomBytes } from 'node:crypto'
import { withKeyhaven } from './installation.ts'
import { say } from './report.ts'

/** `keyhaven accounts reset-password`: makes a password, prints it once, and ends every session. */
export function accountsResetPassword(
  email: string,
  { json }: { readonly json?: boolean },
): Promise<void> {
  return withKeyhaven(async ({ accounts }) => {
    const password = randomBytes(18).toString('base64url')
    const { sessions } = await accounts.resetPassword(email, password)
    say(json, { email, password, ended: { sessions } }, () => [
      `${email} has a new password (shown once): ${password}`,
      `${sessions} session${sessions === 1 ? '' : 's'} ended`,
    ])
  })
}
