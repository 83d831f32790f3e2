import { createRevocations } from '@keyhaven/guard/kit'
import type { Settings } from '../../config/settings.ts'
import {
  declaredMessage,
  declareRestored,
  restoredMessage,
} from '../../flows/startup/declare-restored.ts'
import { kinds } from '../../flows/startup/account-tables.ts'
import type { Database } from '../../database/database.ts'
import { createUnreadEntries } from '../../feed/unread-entries.ts'
import { endAllApiKeys } from '../../flows/api-keys/end-all.ts'
import type { Installation } from '../../flows/startup/open-installation.ts'
import { removeAllMachines } from '../../flows/machines/remove.ts'
import { openRevocationLog } from '../../flows/revocation/open.ts'
import { MOST_REMEMBERED } from '../../stores/revocations.ts'
import type { Revocation } from '../../stores/revocations.ts'
import { keysMessage, machinesMessage } from '../accounts/known-account.ts'
import { confirm } from '../confirm.ts'
import { withInstallation } from '../installation.ts'
import { operator } from '../operator.ts'
import { printResult } from '../report.ts'

interface Flags {
  readonly json?: boolean
  readonly yes?: boolean
  /** Ends all API keys, which a restore leaves as they are in the backup. */
  readonly endKeys?: boolean
  /** Removes all machines, for the same reason. */
  readonly endMachines?: boolean
}

/** `keyhaven restored`: declares that the database was restored from a backup. */
export function restored({
  json,
  yes,
  endKeys = false,
  endMachines = false,
}: Flags): Promise<void> {
  const consequence =
    'this withdraws every key and ends every session, so every user signs in again'
  return withInstallation(declare, { confirm: () => confirm(consequence, yes) })

  async function declare(installation: Installation, { alg }: Settings): Promise<void> {
    const { database, box } = installation
    // Opening the installation may have detected the restored database and declared it
    const shown = installation.restored
    const done = shown ?? (await byHand())
    if (done === undefined) return
    const apiKeys = endKeys ? await endKeysOf(database) : undefined
    const machines = endMachines ? await removeAllMachines(database, operator()) : undefined
    const ended = {
      ...(apiKeys !== undefined && { apiKeys }),
      ...(machines !== undefined && { machines }),
    }
    printResult(json, { ...done, ...((endKeys || endMachines) && { ended }) }, () => [
      shown === undefined ? declaredMessage(done) : restoredMessage(done),
      ...(apiKeys === undefined ? [] : [keysMessage(apiKeys)]),
      ...(machines === undefined ? [] : [machinesMessage(machines)]),
    ])

    async function byHand() {
      const { log } = await openRevocationLog(database, undefined)
      const why = { reason: 'declared on the command line', actor: operator() }
      return declareRestored({ database, box, alg }, log, why)
    }
  }
}

function endKeysOf(database: Database): Promise<number> {
  const unread = createUnreadEntries<Revocation>(MOST_REMEMBERED)
  const revocations = { copy: createRevocations(), unread }
  return endAllApiKeys({ database, kinds, revocations }, operator())
}
