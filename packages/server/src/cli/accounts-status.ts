import { withKeyhaven } from './installation.ts'
import { say } from './report.ts'

interface Flags {
  readonly reason?: string
  readonly json?: boolean
}

/** `keyhaven accounts lock`: a running service refuses every session of it within a quarter of a second. */
export function accountsLock(email: string, { reason = '', json }: Flags): Promise<void> {
  return change(email, { status: 'locked', reason, json })
}

/** `keyhaven accounts unlock`: opens the account, and revives nothing. */
export function accountsUnlock(email: string, { json }: Flags): Promise<void> {
  return change(email, { status: 'active', reason: undefined, json })
}

interface Change {
  readonly status: 'active' | 'locked'
  readonly reason: string | undefined
  readonly json: boolean | undefined
}

function change(email: string, { status, reason, json }: Change): Promise<void> {
  return withKeyhaven(async ({ accounts }) => {
    const account = await accounts.find({ email })
    if (account === undefined) throw new Error(`There is no account ${email}: check the address.`)
    const changed = await accounts.setStatus(account.id, status, reason)
    const { sessions } = changed.ended
    say(json, changed, () => [
      status === 'locked'
        ? `${email} is locked; ${sessions} session${sessions === 1 ? '' : 's'} ended`
        : `${email} may sign in again; nothing was revived`,
    ])
  })
}
