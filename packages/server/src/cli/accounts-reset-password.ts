import { randomBytes } from 'node:crypto'
import { createKeyhaven } from '../index.ts'
import { operator } from './operator.ts'
import { say } from './report.ts'

/** `keyhaven accounts reset-password`: makes a password, prints it once, and ends every session. */
export async function accountsResetPassword(
  email: string,
  { json }: { readonly json?: boolean },
): Promise<void> {
  const keyhaven = await createKeyhaven({ announce: () => {}, ...operator() })
  try {
    const password = randomBytes(18).toString('base64url')
    const { sessions } = await keyhaven.accounts.resetPassword(email, password)
    say(json, { email, password, ended: { sessions } }, () => [
      `${email} has a new password (shown once): ${password}`,
      `${sessions} session${sessions === 1 ? '' : 's'} ended`,
    ])
  } finally {
    await keyhaven.close()
  }
}
