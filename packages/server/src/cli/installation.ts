import { settingsFor } from '../flows/startup/settings-for.ts'
import { readSettings } from '../config/settings.ts'
import type { Settings } from '../config/settings.ts'
import { restoredMessage } from '../flows/startup/declare-restored.ts'
import { keepPositions, openInstallation } from '../flows/startup/open-installation.ts'
import type { Installation } from '../flows/startup/open-installation.ts'
import { requireInstallation } from '../flows/startup/prepare-installation.ts'
import { createKeyhaven } from '../index.ts'
import type { Keyhaven } from '../index.ts'
import { operator } from './operator.ts'
import { report } from './report.ts'

/**
 * Runs one command with the library, as this operator.
 * @throws ConfigurationError if there is no installation, which `createKeyhaven` itself would
 * create.
 */
export async function withKeyhaven(work: (keyhaven: Keyhaven) => Promise<void>): Promise<void> {
  await settingsOfInstallation()
  const keyhaven = await createKeyhaven({
    announce: () => {},
    // The running service has the connections, and the mailbox
    sendMail: 'elsewhere',
    // Its tests have the key of its start
    testing: 'off',
    ...operator(),
  })
  try {
    await work(keyhaven)
  } finally {
    await keyhaven.close()
  }
}

type Work = (installation: Installation, settings: Settings) => Promise<void>

/**
 * The settings of a command that needs an installation.
 * @throws ConfigurationError if there is none.
 */
export async function settingsOfInstallation(): Promise<Settings> {
  const { env: environment } = process
  const settings = await readSettings({
    code: {},
    environment,
    folder: process.cwd(),
    sendsMail: true,
  })
  await requireInstallation(settings)
  return settings
}

interface Before {
  /** Can stop the command before anything is opened or written. */
  readonly confirm?: () => Promise<void>
  /**
   * Opens the installation even if its master key can be guessed, so that the command can replace
   * the key.
   */
  readonly weakKey?: boolean
}

/**
 * Opens the installation that the settings name, for one command. Running services read its changes
 * from the database.
 */
export async function withInstallation(
  work: Work,
  { confirm, weakKey }: Before = {},
): Promise<void> {
  const settings = await settingsOfInstallation()
  await confirm?.()
  const failed = (error: unknown): void => report(error, false)
  const notice = (line: string): void => void process.stderr.write(`keyhaven: ${line}\n`)
  const installation = await openInstallation(settings, { migrate: true, weakKey, failed, notice })
  const { restored, database } = installation
  try {
    if (restored !== undefined) process.stderr.write(`keyhaven: ${restoredMessage(restored)}\n`)
    const sources = { code: {}, environment: process.env, folder: process.cwd() }
    await work(installation, await settingsFor(installation.issuer, settings, sources))
    await keepPositions(installation)
  } finally {
    await database.close()
  }
}
