import type { Settings } from '../../config/settings.ts'
import {
  declaredMessage,
  declareRestored,
  restoredMessage,
} from '../../flows/startup/declare-restored.ts'
import type { Installation } from '../../flows/startup/open-installation.ts'
import { openRevocationLog } from '../../flows/revocation/open.ts'
import { confirm } from '../confirm.ts'
import { withInstallation } from '../installation.ts'
import { operator } from '../operator.ts'
import { printResult } from '../report.ts'

interface Flags {
  readonly json?: boolean
  readonly yes?: boolean
}

/** `keyhaven restored`: declares that the database was restored from a backup. */
export function restored({ json, yes }: Flags): Promise<void> {
  const consequence =
    'this withdraws every key and ends every session, so every user signs in again'
  return withInstallation(declare, { confirm: () => confirm(consequence, yes) })

  async function declare(installation: Installation, { alg }: Settings): Promise<void> {
    const { database, box } = installation
    // Opening the installation already detected the restored database and declared it
    const shown = installation.restored
    if (shown !== undefined) return printResult(json, shown, () => [restoredMessage(shown)])
    const done = await byHand()
    if (done !== undefined) printResult(json, done, () => [declaredMessage(done)])

    async function byHand() {
      const { log } = await openRevocationLog(database, undefined)
      const why = { reason: 'declared on the command line', actor: operator() }
      return declareRestored({ database, box, alg }, log, why)
    }
  }
}
