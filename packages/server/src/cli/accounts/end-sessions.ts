import { endedMessage, knownAccount } from './known-account.ts'
import { withKeyhaven } from '../installation.ts'
import { printResult } from '../report.ts'

interface Flags {
  readonly reason?: string
  readonly json?: boolean
}

/** `keyhaven accounts end-sessions`: the user signs in again with the same password. */
export function accountsEndSessions(name: string, { reason, json }: Flags): Promise<void> {
  return withKeyhaven(async ({ accounts }) => {
    const { id, email } = knownAccount(await accounts.find({ login: name }), name)
    const { sessions } = await accounts.endSomeSessions(id, reason)
    printResult(json, { id, email, ended: { sessions } }, () => [
      `${email}: ${endedMessage({ sessions })}`,
    ])
  })
}
