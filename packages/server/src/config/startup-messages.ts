import { hostsText } from './database-place.ts'
import { describeLifetimes, durationText } from './lifetimes.ts'
import { isLoopbackHost } from './loopback-host.ts'
import { isSameSite } from './public-suffix.ts'
import { packageVersion } from './version.ts'
import type { Settings } from './settings.ts'

/** What whoever starts the service should know of how it is set, in sentences. */
export function startupMessages(settings: Settings): readonly string[] {
  const { issuer, development, lifetimes, maxStaleness, allowedOrigins } = settings
  return [
    `version ${packageVersion()} on Node ${process.versions.node}`,
    [
      development ? 'development on this machine' : 'production',
      issuer.startsWith('https:') ? 'cookies are Secure' : 'plain http, cookies without Secure',
    ].join(': '),
    describeLifetimes(lifetimes),
    placeOf(settings),
    ...plainToOthers(settings),
    ...proxiesOf(settings),
    `pages of ${[new URL(issuer).origin, ...allowedOrigins].join(', ')} may call`,
    ...otherSites(settings),
    ...scopes(settings),
    `a revocation counts in this process at once, in other processes within 250 ms, and in connected guards within milliseconds; a disconnected guard answers 503 after ${durationText(maxStaleness)}: the worst case`,
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

/** The service itself speaks plain http, so with an https URL a proxy must say that its client came over TLS. */
function proxiesOf({ issuer, host, trustProxy }: Settings): readonly string[] {
  if (trustProxy.length > 0) {
    return [
      `X-Forwarded-For and X-Forwarded-Proto count if they come from ${trustProxy.join(', ')}`,
    ]
  }
  if (!issuer.startsWith('https:') || isLoopbackHost(host)) return []
  return [
    'KEYHAVEN_TRUST_PROXY names no proxy: requests that a proxy passes on are refused as insecure; set it to the addresses of your proxies',
  ]
}

/** `SameSite` cookies go to pages of one site only, whatever the CORS headers allow. */
function otherSites({ issuer, allowedOrigins }: Settings): readonly string[] {
  const url = new URL(issuer)
  const others = allowedOrigins.filter((origin) => !isSameSite(new URL(origin), url))
  if (others.length === 0) return []
  return [
    `browsers send no cookie with calls of ${others.join(', ')}: another site than ${url.origin}; serve that page below the same domain, with the same scheme`,
  ]
}

function scopes({ access }: Settings): readonly string[] {
  if (access.scopes.length > 0) return []
  return [
    'no access module: accounts get no scopes, and a guard that requires one answers 403; set KEYHAVEN_ACCESS to the module that your API uses',
  ]
}

function placeOf({ data, database }: Settings): string {
  if ('file' in database) return `data lies in ${data}`
  const { name, tls } = database.server
  const way =
    tls === undefined ? 'in plain' : tls.verified ? 'over TLS' : 'over TLS that proves nothing'
  return `data lies in the database ${name} at ${hostsText(database.server)}, reached ${way}`
}
