import { endedMessage, known } from './account-named.ts'
import { withKeyhaven } from '../installation.ts'
import { say } from '../report.ts'

interface Flags {
  readonly reason?: string
  readonly json?: boolean
}

/** `keyhaven accounts set-email`: on the operator's word, so the new address counts as confirmed (H23). */
export function accountsSetEmail(name: string, email: string, { json }: Flags): Promise<void> {
  return withKeyhaven(async ({ accounts }) => {
    const before = known(await accounts.find({ login: name }), name)
    const account = await accounts.setEmail(before.id, email)
    say(json, account, () => [
      `${before.email} is ${account.email} now, which counts as confirmed; password and sessions stay`,
    ])
  })
}

/** `keyhaven accounts roles add`. */
export function accountsRolesAdd(name: string, role: string, { json }: Flags): Promise<void> {
  return withKeyhaven(async ({ accounts }) => {
    const { id, email } = known(await accounts.find({ login: name }), name)
    const account = await accounts.addRole(id, role)
    say(json, account, () => [`${email} has the roles ${account.roles.join(', ')}`])
  })
}

/** `keyhaven accounts roles remove`: fewer rights count at once. */
export function accountsRolesRemove(name: string, role: string, { json }: Flags): Promise<void> {
  return withKeyhaven(async ({ accounts }) => {
    const { id, email } = known(await accounts.find({ login: name }), name)
    const account = await accounts.removeRole(id, role)
    const kept = account.roles.length === 0 ? 'no role' : `the roles ${account.roles.join(', ')}`
    say(json, account, () => [`${email} has ${kept}`])
  })
}

/** `keyhaven accounts end-sessions`: the person signs in again, with the same password. */
export function accountsEndSessions(name: string, { reason, json }: Flags): Promise<void> {
  return withKeyhaven(async ({ accounts }) => {
    const { id, email } = known(await accounts.find({ login: name }), name)
    const { sessions } = await accounts.endSomeSessions(id, reason)
    say(json, { id, email, ended: { sessions } }, () => [`${email}: ${endedMessage(sessions)}`])
  })
}
