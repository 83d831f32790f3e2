import type { AnyAccess } from '@keyhaven/core/access'
import { guardOver, refusedRequest } from '@keyhaven/guard/kit'
import type { Guard } from '@keyhaven/guard'
import type { Settings } from '../../config/settings.ts'
import type { Context } from '../../flows/context.ts'
import type { RequestLog } from '../request-log.ts'
import { keySource } from '../callers/key-source.ts'
import { sessionSource } from '../callers/session-source.ts'
import { ticketSource } from '../callers/ticket-source.ts'
import type { Site } from '../site.ts'

interface OwnGuardParts {
  readonly settings: Settings
  readonly context: Context
  readonly site: Site
  readonly requestLog: RequestLog
  /** Headers of the app's responses that pages of allowed origins may read. */
  readonly exposeHeaders: readonly string[] | undefined
}

/** The guard in the service's own process, which reads keys, revocations and sessions directly. */
export function ownGuard<A extends AnyAccess>(
  { settings, context, site, requestLog, exposeHeaders }: OwnGuardParts,
  announce: (line: string) => void,
): Guard<A> {
  const { issuer, trustProxy } = settings
  const audiences = [new URL(issuer).origin, ...settings.audiences]
  return guardOver<A>(
    {
      issuer,
      audience: audiences,
      // The value that was checked is the one that was passed in; a path has no type
      access: settings.access as A,
      known: () => ({
        cookies: site.cookies,
        origins: site.origins,
        keys: context.keys.at(context.tools.clock.now()).set,
      }),
      mayRefetch: () => false,
      revocations: context.revocations.copy,
      counts: context.tools.metrics.tokenChecks,
      // An entry that did not fit or was not read must not count as absent
      mayAnswer: () =>
        !context.revocations.copy.incomplete &&
        context.tools.clock.age() < settings.maxStaleness * 1000,
      sessions: sessionSource(context, site),
      tickets: ticketSource(context, trustProxy),
      apiKeys: keySource(context, { audiences, trustProxy }),
      now: () => Math.floor(context.tools.clock.now() / 1000),
      development: settings.development,
      exposeHeaders,
    },
    announce,
    (request, refusal) => {
      context.tools.metrics.refusals.add({ code: refusal.code })
      requestLog.atGuard(refusedRequest(request, refusal))
    },
  )
}
