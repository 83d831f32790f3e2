import { declareRestored, restoredWords } from '../flows/declare-restored.ts'
import { openLog } from '../flows/open-log.ts'
import { withInstallation } from './installation.ts'
import { operator } from './operator.ts'
import { say } from './report.ts'

/** `keyhaven restored`: declares by hand that the database was put back from a backup. */
export function restored({ json }: { readonly json?: boolean }): Promise<void> {
  return withInstallation(async (installation, { alg }) => {
    const { database, box } = installation
    // Told by its mark, it has been done at opening
    const done = installation.restored ?? (await byHand())
    if (done !== undefined) say(json, done, () => [restoredWords(done)])

    async function byHand() {
      const { log } = await openLog(database, undefined)
      const why = { reason: 'declared on the command line', actor: operator() }
      return declareRestored({ database, box, alg }, log, why)
    }
  })
}
