import type { Database } from '../database/database.ts'
import type { KeyBox } from '../secrets/key-box.ts'
import { lockInstallation } from '../stores/installation.ts'
import { putServiceKey, resealSigningKey, serviceKeys, signingKeys } from '../stores/keys.ts'

/** Seals every key under another master key, all or none; the answer counts them. */
export function changeMasterKey(database: Database, box: KeyBox, to: Uint8Array): Promise<number> {
  return database.transact(async ({ db }) => {
    await lockInstallation(db)
    const signing = await signingKeys(db)
    for (const { kid, sealed } of signing) {
      await resealSigningKey(db, kid, box.reseal('signing-key', kid, { sealed, to }))
    }
    const secrets = await serviceKeys(db)
    for (const [name, sealed] of secrets) {
      await putServiceKey(db, name, box.reseal('service-key', name, { sealed, to }))
    }
    return signing.length + secrets.size
  })
}
