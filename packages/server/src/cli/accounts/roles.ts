import { knownAccount } from './known-account.ts'
import { withKeyhaven } from '../installation.ts'
import { printResult } from '../report.ts'

interface Flags {
  readonly json?: boolean
}

/** `keyhaven accounts roles add`. */
export function accountsRolesAdd(name: string, role: string, { json }: Flags): Promise<void> {
  return withKeyhaven(async ({ accounts }) => {
    const { id, email } = knownAccount(await accounts.find({ login: name }), name)
    const account = await accounts.addRole(id, role)
    printResult(json, account, () => [`${email} has the roles ${account.roles.join(', ')}`])
  })
}

/** `keyhaven accounts roles remove`: the account loses the role's scopes at once. */
export function accountsRolesRemove(name: string, role: string, { json }: Flags): Promise<void> {
  return withKeyhaven(async ({ accounts }) => {
    const { id, email } = knownAccount(await accounts.find({ login: name }), name)
    const account = await accounts.removeRole(id, role)
    const kept = account.roles.length === 0 ? 'no role' : `the roles ${account.roles.join(', ')}`
    printResult(json, account, () => [`${email} has ${kept}`])
  })
}
