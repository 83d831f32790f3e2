import { knownAccount } from './known-account.ts'
import { withKeyhaven } from '../installation.ts'
import { printResult } from '../report.ts'

interface Flags {
  readonly reason?: string
  readonly json?: boolean
}

/** `keyhaven accounts keep`: undoes an erasure before its time. Ended sessions stay ended. */
export function accountsKeep(name: string, { reason, json }: Flags): Promise<void> {
  return withKeyhaven(async ({ accounts }) => {
    const { id, email } = knownAccount(await accounts.find({ login: name }), name)
    const { status } = await accounts.keep(id, reason)
    printResult(json, { id, email, status }, () => [
      `${email} will not be erased; the account is ${status}, as it was before`,
    ])
  })
}
