import type { Settings } from '../config/settings.ts'
import { openDatabase } from '../database/open-database.ts'
import type { Database } from '../database/database.ts'
import { makeDataFolder } from '../secrets/data-folder.ts'
import { createKeyBox } from '../secrets/key-box.ts'
import type { KeyBox } from '../secrets/key-box.ts'
import { masterKeyOf } from '../secrets/master-key.ts'
import { fixIssuer } from './fix-issuer.ts'

/** An opened database that belongs to this issuer, and the box that opens its keys. */
export interface Installation {
  readonly database: Database
  readonly box: KeyBox
}

/** Opens what the settings name, and makes it at first start. */
export async function openInstallation(
  settings: Settings,
  migrate: boolean,
): Promise<Installation> {
  await makeDataFolder(settings.data)
  const box = createKeyBox(await masterKeyOf(settings.masterKey))
  const database = await openDatabase(settings.database, migrate)
  try {
    await fixIssuer(database, settings.issuer)
    return { database, box }
  } catch (error) {
    await database.close()
    throw error
  }
}
