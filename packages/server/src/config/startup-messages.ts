import { hostsText } from './database-place.ts'
import { describeLifetimes, durationText } from './lifetimes.ts'
import { isLoopbackHost } from './loopback-host.ts'
import { isSameSite } from './public-suffix.ts'
import { packageVersion } from './package-file.ts'
import type { Settings } from './settings.ts'

/** What the service prints at its start about its settings, one sentence a line. */
export async function startupMessages(settings: Settings): Promise<readonly string[]> {
  const { issuer, development, lifetimes, maxStaleness } = settings
  return [
    `version ${packageVersion()} on Node ${process.versions.node}`,
    [
      development ? 'development on this machine' : 'production',
      issuer.startsWith('https:') ? 'cookies are Secure' : 'plain http, cookies without Secure',
    ].join(': '),
    ...settings.overridden,
    describeLifetimes(lifetimes),
    placeOf(settings),
    ...plainToOthers(settings),
    ...proxiesOf(settings),
    pagesOf(settings),
    ...bearerOf(settings),
    ...mailOf(settings),
    ...factorsOf(settings),
    ...breachesOf(settings),
    ...testingOf(settings),
    ...(settings.brand?.warnings ?? []),
    ...(await otherSites(settings)),
    ...scopes(settings),
    `a revocation takes effect in this process at once, in other processes within 250 ms, and in connected guards within milliseconds; a guard that is disconnected for ${durationText(maxStaleness)} answers 503`,
    ...(development || settings.emailVerification === 'on'
      ? []
      : ['e-mail verification is off: sign-up reveals whether an address has an account']),
  ]
}

function mailOf({ mail: { place, from }, issuer }: Settings): readonly string[] {
  if (place === 'none') return ['no mail is sent: set KEYHAVEN_MAIL to the URL of your SMTP server']
  if (place === 'mailbox') return [`mails are shown at ${issuer}/dev/mailbox`]
  const way = {
    implicit: 'over TLS',
    required: 'over STARTTLS',
    offered: 'with STARTTLS if it is offered',
    off: 'in plain text',
  }
  const { host, port, tls, login } = place
  const line = `mails are sent by ${from.address} through ${host}:${port} ${way[tls]}`
  if (tls !== 'off' || login === undefined) return [line]
  return [
    line,
    'KEYHAVEN_MAIL ends with tls=off: others on the way can read the password of the mail server',
  ]
}

function factorsOf({ factors: { policy } }: Settings): readonly string[] {
  if (policy === 'optional') return []
  const whose = policy === 'staff' ? 'an account with a keyhaven: scope' : 'every account'
  return [
    `${whose} needs a second factor: one without it sets it up at its next sign-in, and its calls that need a keyhaven: scope get 403 until then`,
  ]
}

function breachesOf({ breaches }: Settings): readonly string[] {
  if (breaches === undefined) return []
  return [
    `new passwords are looked up among those of breaches at ${new URL(breaches.url).host}, which gets five digits of a hash`,
  ]
}

function testingOf({ testing, data }: Settings): readonly string[] {
  if (!testing) return []
  return [
    `KEYHAVEN_TESTING is on: a program on this machine that can read ${data}/testing.key can sign in as any account`,
  ]
}

function pagesOf({ issuer, development, allowedOrigins }: Settings): string {
  const pages = `pages of ${[new URL(issuer).origin, ...allowedOrigins].join(', ')} may call`
  return development
    ? `${pages}; in development also pages on any port of this machine whose dev server forwards their calls`
    : pages
}

/** Names the apps and pages that get bearer tokens, and what such a page risks. */
function bearerOf({ bearerOrigins: { native, pages } }: Settings): readonly string[] {
  const apps = `apps at ${native.join(', ')} may sign in with bearer tokens, without cookies`
  const others = `pages of ${pages.join(', ')} get bearer tokens instead of cookies: a script that runs in such a page can read and send away the tokens, also the refresh token, which a cookie prevents; pages on your own domain need no tokens`
  return [...(native.length > 0 ? [apps] : []), ...(pages.length > 0 ? [others] : [])]
}

/** Development is meant for this machine only, but nothing else blocks the network. */
function plainToOthers({ development, host }: Settings): readonly string[] {
  if (!development || isLoopbackHost(host)) return []
  return [
    `KEYHAVEN_HOST is ${host}: other machines can reach this development service in plain http; set KEYHAVEN_HOST to 127.0.0.1, or KEYHAVEN_URL to a public https URL`,
  ]
}

/**
 * The service itself receives plain http, so a proxy must report with a header that its client used
 * TLS.
 */
function proxiesOf({ issuer, host, trustProxy }: Settings): readonly string[] {
  if (trustProxy.length > 0) {
    return [
      `X-Forwarded-For and X-Forwarded-Proto are trusted in requests from ${trustProxy.join(', ')}`,
    ]
  }
  if (!issuer.startsWith('https:') || isLoopbackHost(host)) return []
  return [
    'KEYHAVEN_TRUST_PROXY is not set: requests from a proxy are refused as insecure; set it to the addresses of your proxies',
  ]
}

/**
 * `SameSite` cookies are sent only from pages of the same site, whatever the CORS headers allow.
 */
async function otherSites({ issuer, allowedOrigins }: Settings): Promise<readonly string[]> {
  const url = new URL(issuer)
  const others: string[] = []
  for (const origin of allowedOrigins) {
    if (!(await isSameSite(new URL(origin), url))) others.push(origin)
  }
  if (others.length === 0) return []
  return [
    `browsers send no cookies from ${others.join(', ')}, which is another site than ${url.origin}: serve that page below the same domain, with the same scheme`,
  ]
}

function scopes({ access }: Settings): readonly string[] {
  if (access.scopes.length > 0) return []
  return [
    'no access module: accounts get no scopes, and a guard that requires one answers 403; set KEYHAVEN_ACCESS to the module that your API uses',
  ]
}

function placeOf({ data, database }: Settings): string {
  if ('file' in database) return `data is in ${data}`
  const { name, tls } = database.server
  const way =
    tls === undefined
      ? 'without TLS'
      : tls.verified
        ? 'over TLS'
        : 'over TLS without verifying the server'
  return `data is in the database ${name} at ${hostsText(database.server)}, reached ${way}`
}
