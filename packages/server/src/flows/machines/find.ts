import { KeyhavenError } from '@keyhaven/core/errors'
import type { ErrorCode } from '@keyhaven/core/errors'
import { sha256 } from '../../secrets/hashes/hash.ts'
import { findMachineByHash, lockMachineByName, touchMachine } from '../../stores/machines.ts'
import type { Machine } from '../../stores/machines.ts'
import type { Context, ContextPart } from '../context.ts'

type Needs = Pick<Context, 'database'> & ContextPart<'tools', 'limits'>

/** A live machine, or the code that explains its absence. */
type Found =
  | { readonly ok: true; readonly machine: Machine; readonly readAt: number }
  | { readonly ok: false; readonly code: ErrorCode }

/** A machine that was used, and when it was read, in milliseconds since 1970. */
export interface UsedMachine {
  readonly machine: Machine
  readonly readAt: number
}

const MINUTE = 60_000

/**
 * Finds the machine of a key. The database looks up its hash, so the time of the lookup reveals
 * nothing about the key. `address` is the client's, if the host provided one.
 * @throws KeyhavenError `token_invalid`, `token_expired`; `rate_limited` after too many unknown keys.
 */
export async function findMachine(
  { database, tools: { limits } }: Needs,
  key: string,
  address: string | undefined,
): Promise<UsedMachine> {
  const hash = sha256(key)
  const read = (): Promise<Found> =>
    database.read(async ({ db, now }) => {
      const machine = await findMachineByHash(db, hash)
      if (machine === undefined) return { ok: false, code: 'token_invalid' }
      if (machine.expires_at <= now) return { ok: false, code: 'token_expired' }
      return { ok: true, machine, readAt: now }
    })
  const found = await limits.unknownKeys.guard({ id: 'machine', secret: key, from: address }, read)
  if (!found.ok) throw new KeyhavenError(found.code, remedies[found.code])
  return found
}

/** What the operator of a machine whose key is refused can do; sessions have other remedies. */
const remedies: Partial<Record<ErrorCode, { readonly detail: string }>> = {
  token_invalid: {
    detail: 'No machine here has this key: check that the whole key is sent, or add a machine.',
  },
  token_expired: {
    detail: 'The key of this machine has expired: remove the machine, and add it again.',
  },
}

/** Notes that a machine was used, at most once a minute: most calls write nothing. */
export async function noteMachineUse(
  { database }: Pick<Context, 'database'>,
  { machine, readAt }: UsedMachine,
): Promise<void> {
  if (!isDue(machine, readAt)) return
  await database.transact(async ({ db, now }) => {
    const locked = await lockMachineByName(db, machine.name)
    // A parallel call may have noted it, and the name may be another machine's by now
    if (locked?.id === machine.id && isDue(locked, now)) await touchMachine(db, locked, now)
  })
}

function isDue({ last_used_at }: Machine, now: number): boolean {
  return last_used_at === null || now - last_used_at >= MINUTE
}
