import { hostsText } from './database-place.ts'
import { describeLifetimes, inWords } from './lifetimes.ts'
import { isLoopbackHost } from './loopback-host.ts'
import type { Settings } from './settings.ts'

/** What whoever starts the service should know of how it is set, in sentences. */
export function startWords(settings: Settings): readonly string[] {
  const { issuer, development, lifetimes, maxStaleness, allowedOrigins } = settings
  return [
    [
      development ? 'development on this machine' : 'production',
      issuer.startsWith('https:') ? 'cookies are Secure' : 'plain http, cookies without Secure',
    ].join(': '),
    describeLifetimes(lifetimes),
    placeOf(settings),
    ...plainToOthers(settings),
    `pages of ${[new URL(issuer).origin, ...allowedOrigins].join(', ')} may call`,
    `a revocation counts in this process at once, within 250 ms in others on this database, and in guards as they are told; one that hears nothing refuses after ${inWords(maxStaleness)}: the worst case`,
    ...(development
      ? []
      : ['e-mail verification is off: sign-up tells anybody whether an address has an account']),
  ]
}

/** Development is meant for this machine only, and nothing else keeps the network out. */
function plainToOthers({ development, host }: Settings): readonly string[] {
  if (!development || isLoopbackHost(host)) return []
  return [
    `KEYHAVEN_HOST is ${host}: other machines can reach this development service in plain http; set KEYHAVEN_HOST to 127.0.0.1, or KEYHAVEN_URL to a public https URL`,
  ]
}

function placeOf({ data, database }: Settings): string {
  if ('file' in database) return `data lies in ${data}`
  const { name, tls } = database.server
  const way =
    tls === undefined ? 'in plain' : tls.verified ? 'over TLS' : 'over TLS that proves nothing'
  return `data lies in the database ${name} at ${hostsText(database.server)}, reached ${way}`
}
