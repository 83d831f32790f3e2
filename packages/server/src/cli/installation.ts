import { readSettings } from '../config/settings.ts'
import type { Settings } from '../config/settings.ts'
import { restoredWords } from '../flows/declare-restored.ts'
import { keepMark, openInstallation } from '../flows/open-installation.ts'
import type { Installation } from '../flows/open-installation.ts'
import { report } from './report.ts'

/** Opens the installation that the settings name, for one command; a running service takes over what it does. */
export async function withInstallation(
  work: (installation: Installation, settings: Settings) => Promise<void>,
): Promise<void> {
  const { env: environment } = process
  const settings = await readSettings({ code: {}, environment, folder: process.cwd() })
  const failed = (error: unknown): void => report(error, false)
  const installation = await openInstallation(settings, { migrate: true, failed })
  const { restored, database } = installation
  try {
    if (restored !== undefined) process.stderr.write(`keyhaven: ${restoredWords(restored)}\n`)
    await work(installation, settings)
    await keepMark(installation)
  } finally {
    await database.close()
  }
}
