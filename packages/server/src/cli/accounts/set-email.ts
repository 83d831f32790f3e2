import { knownAccount, takenAddress } from './known-account.ts'
import { withKeyhaven } from '../installation.ts'
import { printResult } from '../report.ts'

interface Flags {
  readonly json?: boolean
}

/**
 * `keyhaven accounts set-email`: the operator vouches for the new address, so it counts as
 * verified (H23).
 */
export function accountsSetEmail(name: string, email: string, { json }: Flags): Promise<void> {
  return withKeyhaven(async ({ accounts }) => {
    const before = knownAccount(await accounts.find({ login: name }), name)
    const account = await accounts.setEmail(before.id, email).catch(async (error: unknown) => {
      throw await takenAddress(accounts, email, error)
    })
    printResult(json, account, () => [
      `${before.email} is ${account.email} now, which counts as verified; password and sessions stay`,
    ])
  })
}
