import { reservedScopes } from '@keyhaven/core/access'
import { KeyhavenError } from '@keyhaven/core/errors'
import { parseNetwork } from '@keyhaven/guard/kit'
import type { Database } from '../../database/database.ts'
import { happened } from '../../events/happened.ts'
import type { Actor } from '../../events/happened.ts'
import { sha256 } from '../../secrets/hashes/hash.ts'
import { newId, newMachineKey } from '../../secrets/random.ts'
import { lockInstallation } from '../../stores/installation.ts'
import { insertMachine, lockMachineByName } from '../../stores/machines.ts'
import { viewMachine } from './list.ts'
import type { MachineItem } from './list.ts'
import { machineScopes } from './scopes.ts'

/** A machine that an operator wants. */
export interface WantedMachine {
  readonly name: string
  readonly scope: readonly string[]
  /** Seconds. */
  readonly expiresIn: number
  /** Networks in CIDR form; none for all. */
  readonly addresses: readonly string[]
}

/** A new machine, with its key. */
export interface NewMachine extends MachineItem {
  readonly key: string
}

/** Ten years, in seconds. */
const LONGEST = 3650 * 24 * 3600

/**
 * Makes a machine's key and returns it. Only its hash is stored, so this is the only time it can be seen.
 * @throws KeyhavenError `invalid_request`, `conflict`.
 */
export async function addMachine(
  database: Database,
  wanted: WantedMachine,
  actor: Actor,
): Promise<NewMachine> {
  const { name, expiresIn, addresses } = wanted
  const scope = [...new Set(wanted.scope)]
  refuseWrong({ ...wanted, scope })
  const key = newMachineKey()
  return database.transact(async (moment) => {
    const { db, now } = moment
    const installation = await lockInstallation(db)
    if ((await lockMachineByName(db, name)) !== undefined) {
      throw new KeyhavenError('conflict', {
        detail: `There is a machine ${name}: choose another name, or remove it first with \`keyhaven machines remove ${name}\`.`,
      })
    }
    const row = {
      id: newId('mch'),
      name,
      key_sha256: sha256(key),
      scope: JSON.stringify(scope),
      addresses: addresses.length === 0 ? null : JSON.stringify([...new Set(addresses)]),
      created_at: now,
      expires_at: now + expiresIn * 1000,
      last_used_at: null,
    }
    await insertMachine(db, installation, row)
    const view = viewMachine(row, now)
    const details = { machine: name, scope, expiresAt: view.expiresAt }
    await happened(moment, 'machine.added', { actor, details })
    return { ...view, key }
  })
}

function refuseWrong({ name, scope, expiresIn, addresses }: WantedMachine): void {
  if (!/^[\w.-]{1,64}$/.test(name)) {
    throw refused('name', 'Use 1 to 64 letters, digits, dots, hyphens and underscores.')
  }
  if (scope.length === 0) {
    throw refused('scope', `A machine needs a scope: use ${machineScopes.join(', ')}.`)
  }
  for (const one of scope) refuseScope(one)
  if (expiresIn > LONGEST) throw refused('expires', 'A machine lives at most 3650d: use less.')
  if (addresses.length > 50) throw refused('address', 'Use at most 50 networks.')
  const wrong = addresses.find((one) => parseNetwork(one) === undefined)
  if (wrong === undefined) return
  throw refused(
    'address',
    `${wrong} is no address or network: use one such as 192.0.2.0/24 or 2001:db8::/32.`,
  )
}

function refuseScope(scope: string): void {
  const allowed: readonly string[] = machineScopes
  if (allowed.includes(scope)) return
  const known: readonly string[] = reservedScopes
  if (known.includes(scope)) {
    throw refused(
      'scope',
      `A machine can’t have ${scope}, because a person must prove their identity for such a call: leave it out, or use an administrator’s session.`,
    )
  }
  throw refused('scope', `${scope} is no scope of a machine: use ${machineScopes.join(', ')}.`)
}

function refused(path: string, message: string): KeyhavenError {
  return new KeyhavenError('invalid_request', { errors: [{ path, message }] })
}
