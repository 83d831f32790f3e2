import { KeyhavenError } from '@keyhaven/core/errors'
import { InvalidArgumentError } from 'commander'
import { EXAMPLE_REASON } from '../with-example.ts'
import { endedMessage, knownAccount } from './known-account.ts'
import { withKeyhaven } from '../installation.ts'
import { printResult } from '../report.ts'

interface Flags {
  readonly reason?: string
  readonly json?: boolean
}

/** `keyhaven accounts lock`: running services refuse its sessions within 250 ms. */
export async function accountsLock(name: string, { reason = '', json }: Flags): Promise<void> {
  if (reason.trim() === '')
    throw new InvalidArgumentError(`--reason must not be empty: write why, as in ${EXAMPLE_REASON}`)
  return change(name, { status: 'locked', reason, json })
}

/** `keyhaven accounts unlock`: the account can sign in again, its ended sessions stay ended. */
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
    const { id, email, status: before } = knownAccount(await accounts.find({ login: name }), name)
    if (status === 'active' && before === 'unverified') {
      throw new KeyhavenError('conflict', {
        detail: `${email} is not locked, but its address is not verified: set it with \`keyhaven accounts set-email ${email} ${email}\`, which counts as verified.`,
      })
    }
    const changed = await accounts.setStatus(id, status, reason)
    printResult(json, changed, () => {
      if (status === 'locked') return [`${email} is locked; ${endedMessage(changed.ended)}`]
      if (before === 'active') return [`${email} is not locked: nothing was changed`]
      return [`${email} may sign in again; its ended sessions stay ended`]
    })
  })
}
