import { InvalidArgumentError } from 'commander'
import { duration, errorMessage } from '@keyhaven/core/errors'
import { addMachine } from '../../flows/machines/add.ts'
import { listMachines } from '../../flows/machines/list.ts'
import { removeMachine } from '../../flows/machines/remove.ts'
import { operator } from '../operator.ts'
import { printResult } from '../report.ts'
import { withInstallation } from '../installation.ts'

interface Flags {
  readonly json?: boolean
}

interface AddFlags extends Flags {
  readonly scope: readonly string[]
  readonly expires: string
  readonly address?: readonly string[]
}

/** `keyhaven machines add`: makes the key of a machine and prints it once. */
export function machinesAdd(name: string, flags: AddFlags): Promise<void> {
  const { json, scope, expires, address: addresses = [] } = flags
  const expiresIn = secondsOf(expires)
  return withInstallation(async ({ database, issuer }) => {
    const wanted = { name, scope, expiresIn, addresses }
    const machine = await addMachine(database, wanted, operator())
    printResult(json, machine, () => [
      `${name} can call the administration API until ${machine.expiresAt} with this key, which is shown only now:`,
      machine.key,
      'Store the key as a secret of the program, and send it with every call over HTTPS:',
      `Authorization: Bearer khm_… to ${issuer}`,
    ])
  })
}

/** `keyhaven machines list`: prints each machine; never a key. */
export function machinesList({ json }: Flags): Promise<void> {
  return withInstallation(async ({ database }) => {
    const machines = await listMachines(database)
    printResult(json, { machines }, () =>
      machines.map(({ name, scope, addresses, expiresAt, lastUsedAt, expired }) =>
        [
          name,
          scope.join(' '),
          `from ${addresses?.join(', ') ?? 'any address'}`,
          `${expired ? 'expired' : 'until'} ${expiresAt}`,
          lastUsedAt === null ? 'never used' : `last used ${lastUsedAt}`,
        ].join('  '),
      ),
    )
  })
}

/** `keyhaven machines remove`: services reject the key from now on. */
export function machinesRemove(name: string, { json }: Flags): Promise<void> {
  return withInstallation(async ({ database }) => {
    await removeMachine(database, { name }, operator())
    printResult(json, { name }, () => [`${name} is removed: its key is rejected`])
  })
}

function secondsOf(text: string): number {
  try {
    return duration(text)
  } catch (error) {
    throw new InvalidArgumentError(`--expires ${errorMessage(error)}`)
  }
}
