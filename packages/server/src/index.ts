import type { AnyAccess, ClaimsModule } from '@keyhaven/core/access'
import type { AccountView } from '@keyhaven/core/wire'
import type { Logger } from './telemetry/logger.ts'
import { checkCodeOptions } from './config/code-options.ts'
import { ConfigurationError } from './config/configuration-error.ts'
import { describeLifetimes } from './config/lifetimes.ts'
import { startupMessages } from './config/startup-messages.ts'
import { settingsFor } from './flows/startup/settings-for.ts'
import { readSettings } from './config/settings.ts'
import type { Options, Settings } from './config/settings.ts'
import type { Application, Hooks, Newcomer } from './model/application.ts'
import type { NewAccount } from './model/new-account.ts'
import { formerPasskeys } from './flows/startup/former-passkeys.ts'
import { endedMessage, restoredMessage } from './flows/startup/declare-restored.ts'
import { openInstallation } from './flows/startup/open-installation.ts'
import { buildContext } from './flows/startup/build-context.ts'
import { createFailureLog } from './telemetry/failure-log.ts'
import { createJsonLog } from './telemetry/json-log.ts'
import type { Overrides } from './mail/overrides.ts'
import type { MailMessage, SendMail } from './mail/message.ts'
import { readPeppers } from './secrets/pepper.ts'
import { provePackage } from './secrets/prove-package.ts'
import type { Listener } from './http/hosts/listener.ts'
import type { Keyhaven, KeyhavenOptions } from './embedded/keyhaven.ts'
import { openKeyhaven } from './embedded/open-keyhaven.ts'
export type { KeyhavenOptions } from './embedded/keyhaven.ts'
export type { Keyhaven } from './embedded/keyhaven.ts'

export { ConfigurationError, describeLifetimes }

export type { Hooks, Listener, MailMessage, NewAccount, Newcomer, Options, SendMail, Settings }

/**
 * Starts the service in this process.
 * @throws ConfigurationError with one sentence that states what to change.
 */
export async function createKeyhaven<
  A extends AnyAccess = AnyAccess,
  C extends ClaimsModule = ClaimsModule,
  const V = unknown,
>(options: KeyhavenOptions<A, C, V> = {}): Promise<Keyhaven<A>> {
  checkCodeOptions(options)
  const { environment = process.env, folder = process.cwd(), migrate = true, ...rest } = options
  const { log: given, announce = announcer(given), claims, claimsFor, hooks, ...more } = rest
  const { operator, exposeHeaders, sendMail, ...code } = more
  const silentApp = given === undefined
  const sources = { code, environment, folder, silentApp, sendsMail: sendMail !== undefined }
  const first = await readSettings(sources)
  const log = given ?? createJsonLog(first.logLevel)
  const claimsOfApp = applicationOf(claims, claimsFor)
  // Before anything is written: a wrong text would fail with the first mail
  const overrides = await overridesOf(sendMail === 'elsewhere' ? undefined : first.mail.templates)
  const peppers = await readPeppers(first.pepperFile)
  provePackage()
  const { failed } = createFailureLog(log, POSITION_FAILED)
  const installation = await openInstallation(first, { migrate, failed, notice: announce })
  const { restored, replaced, database } = installation
  if (restored !== undefined) log.error({ log: restored.log }, restoredMessage(restored))
  if (replaced !== undefined) log.error({}, endedMessage(replaced))
  try {
    const settings = await settingsFor(installation.issuer, first, sources)
    const application = { ...claimsOfApp, hooks: hooks ?? {} }
    const context = await buildContext(installation, {
      settings,
      application,
      log,
      peppers,
      mail: { sendMail, overrides, print: options.announce ?? mailPrinter(settings) },
    })
    if (peppers.notice !== undefined) announce(peppers.notice)
    for (const line of await startupMessages(settings)) announce(line)
    for (const line of await formerPasskeys(context)) announce(line)
    const actor = { operator }
    return openKeyhaven<A>({ settings, context, installation, actor, exposeHeaders }, announce)
  } catch (error) {
    await database.close()
    throw error
  }
}

/** The operator's texts of mails; what checks them is loaded only if there are any. */
async function overridesOf(folder: string | undefined): Promise<Overrides> {
  if (folder === undefined) return new Map()
  const { readOverrides } = await import('./flows/acts.ts')
  return readOverrides(folder)
}

/** The links of mails are for a developer's console and for no log; a test reads the mailbox. */
function mailPrinter({ checksAnswers }: Settings): (line: string) => void {
  return (line) => {
    if (!checksAnswers) process.stderr.write(`keyhaven: ${line}\n`)
  }
}

function announcer(log: Logger | undefined): (line: string) => void {
  if (log !== undefined) return (line) => log.info(line)
  return (line) => process.stderr.write(`keyhaven: ${line}\n`)
}

/** Requires both or neither: declared claims without values would never be issued. */
function applicationOf(
  claims: ClaimsModule = {},
  claimsFor?: (account: AccountView) => unknown,
): Omit<Application, 'hooks'> {
  if ((claimsFor === undefined) === (Object.keys(claims).length === 0)) return { claims, claimsFor }
  throw new ConfigurationError('claims and claimsFor belong together: set both, or neither.')
}

const POSITION_FAILED = 'a mark of this installation can’t be written; trying again'
