import type { AnyAccess, ClaimsFor, ClaimsModule } from '@keyhaven/core/access'
import type { AccountView } from '@keyhaven/core/wire'
import type { Auth, GateOptions, Guard } from '@keyhaven/guard'
import { expressGuard, expressRequire } from '@keyhaven/guard/express'
import type { ExpressGuard, Require } from '@keyhaven/guard/express'
import type { Logger } from 'pino'
import { checkCodeOptions } from './config/code-options.ts'
import { ConfigurationError } from './config/configuration-error.ts'
import { describeLifetimes } from './config/lifetimes.ts'
import { startWords } from './config/start-words.ts'
import { readSettings } from './config/settings.ts'
import { settingsPage } from './config/settings-page.ts'
import type { Options, Settings } from './config/settings.ts'
import type { Actor } from './events.ts'
import type { Application, Hooks, Newcomer } from './flows/application.ts'
import { accountDoors } from './flows/account-doors.ts'
import type { AccountDoors } from './flows/account-doors.ts'
import { addGuard } from './flows/add-guard.ts'
import type { NewAccount } from './flows/create-account.ts'
import { endedWords, restoredWords } from './flows/declare-restored.ts'
import { keepMark, openInstallation } from './flows/open-installation.ts'
import type { Installation } from './flows/open-installation.ts'
import { openRooms } from './flows/open-rooms.ts'
import type { Rooms } from './flows/rooms.ts'
import { removeGuard } from './flows/remove-guard.ts'
import { causeOf, createFailureLog } from './telemetry/failure-log.ts'
import { createJsonLog } from './telemetry/json-log.ts'
import { verifyAudit } from './flows/verify-audit.ts'
import type { Verified } from './flows/verify-audit.ts'
import { provePackage } from './secrets/prove-package.ts'
import { createApp } from './http/app.ts'
import { httpPageOf } from './http/http-page.ts'
import { limitsPageOf } from './http/limits-page.ts'
import { fetchHandler, serviceRequestOf } from './http/fetch-handler.ts'
import type { FetchHandler } from './http/fetch-handler.ts'
import { nodeListener } from './http/node-listener.ts'
import type { Listener } from './http/node-listener.ts'
import { ownGuard } from './http/own-guard.ts'
import { createRequestLog } from './http/request-log.ts'
import { createRouter } from './http/router.ts'
import { targetOf } from './http/service-request.ts'
import { siteOf } from './http/site.ts'
import { startJobs } from './jobs.ts'
import { routes } from './routes.ts'
import { checkMountOptions, mounted } from './http/mounted.ts'

export { ConfigurationError, describeLifetimes, settingsPage }
export type { Hooks, Listener, NewAccount, Newcomer, Options, Settings }

/** The reference page of all limits, as Markdown. */
export function limitsPage(): string {
  return limitsPageOf(routes)
}

/** The reference page of all calls, as Markdown. */
export function httpPage(): string {
  return httpPageOf(routes)
}

/** Options of the service, and what only code can say. */
export interface KeyhavenOptions<
  A extends AnyAccess = AnyAccess,
  C extends ClaimsModule = ClaimsModule,
  V = unknown,
> extends Omit<Options, 'access'> {
  /** The access module itself, or its path. */
  readonly access?: A | string
  /** The application's claims, made by `defineClaims`. */
  readonly claims?: C
  /** Gives their values for an account, whenever a token is issued. */
  readonly claimsFor?: ClaimsFor<C, V, AccountView>
  /** The application's own word at sign-up and sign-in. */
  readonly hooks?: Hooks
  /** Variables to read; the process's own where left out. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** Where `keyhaven.config.*` and relative paths are looked for. */
  readonly folder?: string
  /** `false` refuses to start on tables of an older version. */
  readonly migrate?: boolean
  /** Headers of your app's answers that pages of allowed origins may read, as `['ETag']`. */
  readonly exposeHeaders?: readonly string[]
  /** Who calls the doors of this object, for the audit log: a program, or a person at a command line. */
  readonly operator?: string
  readonly log?: Logger
  /** Hears how the service is set, sentence by sentence; standard error where no `log` is given either. */
  readonly announce?: (line: string) => void
}

/** A running service inside this process. */
export interface Keyhaven<A extends AnyAccess = AnyAccess> {
  readonly issuer: string
  readonly settings: Settings
  /** Answers for `node:http`. */
  readonly listener: Listener
  /**
   * Answers in fetch style, for any host that has requests and responses. Pass `{ address }` with the
   * client's address as second argument: without it the limits count all clients as one.
   */
  readonly handler: FetchHandler
  /** The guard in this process; any adapter takes it. */
  readonly guard: Guard<A>
  /** Express: serves the mount path, and guards what stands below it. */
  readonly express: (options?: GateOptions) => ExpressGuard<A>
  /** Express: asks for a scope on a route below the guard. */
  readonly require: Require<A>
  /** Who sends this request; `null` for nobody. Never throws. */
  readonly current: (request: Request) => Promise<Auth<A> | null>
  readonly accounts: AccountDoors
  readonly sessions: { end(id: string): Promise<void> }
  readonly guards: {
    /** Makes a key that opens the feed of revocations; the answer is shown this once. */
    add(name: string): Promise<string>
    /** Removes a guard's key; its open feeds end. */
    remove(name: string): Promise<void>
  }
  /** Follows the chain of the audit log, from a row on; the answer names the first place at which it is broken. */
  readonly audit: { verify(from?: number): Promise<Verified> }
  /** Ends open event streams, so that a server can stop listening. */
  readonly endStreams: () => void
  close(): Promise<void>
}

/**
 * Starts the service in this process.
 * @throws ConfigurationError with one sentence that says what to change.
 */
export async function createKeyhaven<
  A extends AnyAccess = AnyAccess,
  C extends ClaimsModule = ClaimsModule,
  const V = unknown,
>(options: KeyhavenOptions<A, C, V> = {}): Promise<Keyhaven<A>> {
  checkCodeOptions(options)
  const { environment = process.env, folder = process.cwd(), migrate = true, ...rest } = options
  const { log: given, announce = announcer(given), claims, claimsFor, hooks, ...more } = rest
  const { operator, exposeHeaders, ...code } = more
  const settings = await readSettings({ code, environment, folder })
  const log = given ?? createJsonLog(settings.logLevel ?? 'warn')
  const asked = applicationOf(claims, claimsFor)
  provePackage()
  const { failed } = createFailureLog(log, MARK_FAILED)
  const installation = await openInstallation(settings, { migrate, failed, notice: announce })
  const { restored, replaced, database } = installation
  if (restored !== undefined) log.error({ log: restored.log }, restoredWords(restored))
  if (replaced !== undefined) log.error({}, endedWords(replaced))
  try {
    const application = { ...asked, hooks: hooks ?? {} }
    const rooms = await openRooms(installation, { settings, application, log })
    startWords(settings).forEach(announce)
    const actor = { operator }
    return doors<A>({ settings, rooms, installation, actor, exposeHeaders }, announce)
  } catch (error) {
    await database.close()
    throw error
  }
}

function announcer(log: Logger | undefined): (line: string) => void {
  if (log !== undefined) return (line) => log.info(line)
  return (line) => process.stderr.write(`keyhaven: ${line}\n`)
}

/** Both or neither: declared claims without values would never be issued. */
function applicationOf(
  claims: ClaimsModule = {},
  claimsFor?: (account: AccountView) => unknown,
): Omit<Application, 'hooks'> {
  if ((claimsFor === undefined) === (Object.keys(claims).length === 0)) return { claims, claimsFor }
  throw new ConfigurationError('claims and claimsFor belong together: give both, or neither.')
}

const MARK_FAILED = 'a mark of this installation can’t be written; trying again'

const noAddress =
  'a trusted proxy wrote an entry to X-Forwarded-For that is no address: the limits count its clients as one until it writes their addresses'

function endStreams({ changes, streams }: Rooms): void {
  changes.end()
  streams.end()
}

interface Open {
  readonly settings: Settings
  readonly rooms: Rooms
  readonly installation: Installation
  readonly actor: Actor
  readonly exposeHeaders: readonly string[] | undefined
}

function doors<A extends AnyAccess>(
  { settings, rooms, installation, actor, exposeHeaders }: Open,
  announce: (line: string) => void,
): Keyhaven<A> {
  const site = siteOf(settings, (entry) => rooms.log.warn({ entry }, noAddress))
  const requestLog = createRequestLog(rooms.log)
  const app = createApp({ rooms, site, requestLog }, routes)
  const listener = nodeListener(app, site)
  const match = createRouter(site.mount, routes)
  const guard = ownGuard<A>({ settings, rooms, site, requestLog, exposeHeaders }, announce)
  const stopJobs = startJobs(rooms)
  return {
    issuer: settings.issuer,
    settings,
    listener,
    handler: fetchHandler(app, site),
    guard,
    express: (options) => {
      checkMountOptions(options)
      return mounted({
        mount: site.mount,
        wellKnown: site.wellKnown,
        serves: site.mount === '' ? (url) => match(targetOf(url).path) !== undefined : () => true,
        listener,
        guard,
        gate: expressGuard(guard, options),
        reach: options?.guard,
      })
    },
    require: expressRequire(guard),
    current: async (request) => {
      try {
        const settled = await guard.settle(serviceRequestOf(request, site), false)
        return settled.ok ? settled.auth : null
      } catch (error) {
        rooms.log.error(causeOf(error), 'nobody could be told from a request')
        return null
      }
    },
    accounts: accountDoors(rooms, actor),
    sessions: {
      end: async (id) => {
        await rooms.endSession({ sessionId: id, actor })
      },
    },
    guards: {
      add: (name) => addGuard(rooms.database, name, actor),
      remove: async (name) => {
        rooms.unread.add(await removeGuard(rooms.database, name, actor))
        // It is committed: a read that fails is repeated by the clock
        await rooms.follow().catch(() => undefined)
      },
    },
    audit: { verify: (from) => verifyAudit(rooms.database, rooms.audit, from) },
    endStreams: () => endStreams(rooms),
    close: async () => {
      stopJobs()
      rooms.metrics.close()
      guard.close()
      endStreams(rooms)
      await rooms.passwords.close()
      await keepMark(installation).catch((error: unknown) =>
        rooms.log.error(causeOf(error), 'the marks of this installation could not be kept'),
      )
      await rooms.database.close()
    },
  }
}
