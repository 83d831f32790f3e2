import { InvalidArgumentError } from 'commander'
import { endedMessage, known } from './account-named.ts'
import { withKeyhaven } from '../installation.ts'
import { say } from '../report.ts'

interface Flags {
  readonly reason?: string
  readonly json?: boolean
}

/** `keyhaven accounts lock`: a running service refuses every session of it within a quarter of a second. */
export async function accountsLock(name: string, { reason = '', json }: Flags): Promise<void> {
  if (reason.trim() === '') throw new InvalidArgumentError('--reason must not be empty')
  return change(name, { status: 'locked', reason, json })
}

/** `keyhaven accounts unlock`: opens the account, and revives nothing. */
export function accountsUnlock(name: string, { json }: Flags): Promise<void> {
  return change(name, { status: 'active', reason: undefined, json })
}

interface Change {
  readonly status: 'active' | 'locked'
  readonly reason: string | undefined
  readonly json: boolean | undefined
}

function change(name: string, { status, reason, json }: Change): Promise<void> {
  return withKeyhaven(async ({ accounts }) => {
    const { id, email } = known(await accounts.find({ login: name }), name)
    const changed = await accounts.setStatus(id, status, reason)
    say(json, changed, () => [
      status === 'locked'
        ? `${email} is locked; ${endedMessage(changed.ended.sessions)}`
        : `${email} may sign in again; nothing was revived`,
    ])
  })
}
