import { errorCode, errorMessage } from '@keyhaven/core/errors'
import { isLoopback } from '@keyhaven/guard/kit'
import type { Settings } from '../config/settings.ts'
import { hasInstallation } from '../database/prove-database.ts'
import { listen } from './listen.ts'

/**
 * Checks before a first start writes anything that it can listen: it stores the URL, which has the
 * port. @throws Error with what to do about a port that is taken.
 */
export async function proveFree(settings: Settings): Promise<void> {
  // The start itself reports a database that can't be read
  if (await hasInstallation(settings.database).catch(() => true)) return
  try {
    const stop = await listen({
      listener: (_, response) => response.writeHead(503).end(),
      endStreams: () => {},
      settings,
    })
    await stop()
  } catch (error) {
    throw settings.issuerIsDefault ? error : withUrl(error, settings)
  }
}

/** The error of a port that is taken, with the URL that does not follow another port. */
export function withUrl(error: unknown, { issuer, port }: Settings): unknown {
  const code = error instanceof Error ? errorCode(error.cause) : undefined
  const url = new URL(issuer)
  const isDirect = isLoopback(url.hostname) && portOf(url) === port
  if (code !== 'EADDRINUSE' || !isDirect) return error
  return new Error(
    `${errorMessage(error)} The public URL stays ${issuer}: with another port a proxy must serve it.`,
    { cause: error },
  )
}

/**
 * The start line for a listener at another port than the URL: browsers reach it through a proxy.
 * None if the port is chosen by the system.
 */
export function placeLine({ issuer, host, port }: Settings): readonly string[] {
  if (port === 0 || portOf(new URL(issuer)) === port) return []
  const name = host.includes(':') ? `[${host}]` : host
  return [`listens on ${name}:${port}, for a proxy that serves ${issuer}`]
}

function portOf({ port, protocol }: URL): number {
  return Number(port) || (protocol === 'https:' ? 443 : 80)
}
