import type { Database } from '../../database/database.ts'
import { happened } from '../../events/happened.ts'
import type { Actor } from '../../events/happened.ts'
import type { KeyBox } from '../../secrets/key-box.ts'
import { lockInstallation } from '../../stores/installation.ts'
import { putServiceKey, resealSigningKey, serviceKeys, signingKeys } from '../../stores/keys.ts'

interface Needs {
  readonly database: Database
  readonly box: KeyBox
}

/** Seals every key with another master key, all or none. @returns how many. */
export function changeMasterKey(
  { database, box }: Needs,
  to: Uint8Array,
  actor: Actor,
): Promise<number> {
  return database.transact(async (moment) => {
    const { db } = moment
    const installation = await lockInstallation(db)
    const signing = await signingKeys(db)
    for (const { kid, sealed } of signing) {
      const again = { kid, sealed: box.reseal('signing-key', kid, { sealed, to }) }
      await resealSigningKey(db, installation, again)
    }
    const secrets = await serviceKeys(db)
    for (const [name, sealed] of secrets) {
      const again = { name, sealed: box.reseal('service-key', name, { sealed, to }) }
      await putServiceKey(db, installation, again)
    }
    const keys = signing.length + secrets.size
    await happened(moment, 'keys.resealed', { actor, details: { keys } })
    return keys
  })
}
