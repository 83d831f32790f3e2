import type { AnyAccess } from '@keyhaven/core/access'
import { expressGuard, expressRequire } from '@keyhaven/guard/express'
import type { Settings } from '../config/settings.ts'
import type { Actor } from '../events/happened.ts'
import { embeddedAccounts } from './accounts.ts'
import { addGuard } from '../flows/guards/add.ts'
import { keepPositions } from '../flows/startup/open-installation.ts'
import type { Installation } from '../flows/startup/open-installation.ts'
import type { Context } from '../flows/context.ts'
import { removeGuard } from '../flows/guards/remove.ts'
import { causeOf } from '../telemetry/failure-log.ts'
import { verifyAudit } from '../flows/audit/verify.ts'
import { createApp } from '../http/app.ts'
import { fetchHandler, serviceRequestOf } from '../http/hosts/fetch-handler.ts'
import { nodeListener } from '../http/hosts/node-listener.ts'
import { ownGuard } from '../http/hosts/own-guard.ts'
import { servedOf } from '../http/route.ts'
import { createRequestLog } from '../http/request-log.ts'
import { createRouter } from '../http/router.ts'
import { targetOf } from '../http/service-request.ts'
import { siteOf } from '../http/site.ts'
import { startJobs } from '../jobs.ts'
import { routes } from '../routes.ts'
import { checkMountOptions, mounted } from '../http/hosts/mounted.ts'
import type { Keyhaven } from './keyhaven.ts'

const noAddress =
  'a trusted proxy wrote an entry to X-Forwarded-For that is not an address: the limits count all its clients as one until it writes their addresses'

function endStreams({
  listeners: { pages: pageListeners, guards: guardListeners },
}: Context): void {
  pageListeners.end()
  guardListeners.end()
}

interface Open {
  readonly settings: Settings
  readonly context: Context
  readonly installation: Installation
  readonly actor: Actor
  readonly exposeHeaders: readonly string[] | undefined
}

/** Assembles the public object over an opened installation and starts its jobs. */
export function openKeyhaven<A extends AnyAccess>(
  { settings, context, installation, actor, exposeHeaders }: Open,
  announce: (line: string) => void,
): Keyhaven<A> {
  const site = siteOf(settings, (entry) => context.tools.log.warn({ entry }, noAddress))
  const requestLog = createRequestLog(context.tools.log)
  const served = servedOf(routes, context)
  const app = createApp({ context, site, requestLog }, served)
  const listener = nodeListener(app, site)
  const match = createRouter(site.mount, served)
  const guard = ownGuard<A>({ settings, context, site, requestLog, exposeHeaders }, announce)
  const stopJobs = startJobs(context)
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
    current: async (request, connection) => {
      try {
        const settled = await guard.settle(serviceRequestOf(request, site, connection), false)
        return settled.ok ? settled.auth : null
      } catch (error) {
        context.tools.log.error(causeOf(error), 'the user of a request could not be determined')
        return null
      }
    },
    accounts: embeddedAccounts(context, actor),
    sessions: {
      end: async (id) => {
        await context.revocations.end({ sessionId: id, actor })
      },
    },
    guards: {
      add: (name, options) => addGuard(context.database, { ...options, name }, actor),
      remove: async (name) => {
        context.revocations.unread.add(await removeGuard(context.database, name, actor))
        // The removal is committed: if this fails, the periodic delivery and read follow
        await context.tools.outbox.deliver().catch(() => undefined)
        await context.revocations.follow().catch(() => undefined)
      },
    },
    audit: { verify: (from) => verifyAudit(context.database, context.tools.audit, from) },
    endStreams: () => endStreams(context),
    close: async () => {
      context.tools.metrics.close()
      guard.close()
      endStreams(context)
      await stopJobs()
      await context.tools.passwords.close()
      await keepPositions(installation).catch((error: unknown) =>
        context.tools.log.error(causeOf(error), 'the marks of this installation could not be kept'),
      )
      await context.database.close()
    },
  }
}
