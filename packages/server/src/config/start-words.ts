import { describeLifetimes, inWords } from './lifetimes.ts'
import type { Settings } from './settings.ts'

/** What whoever starts the service should know of how it is set, in sentences. */
export function startWords(settings: Settings): readonly string[] {
  const { issuer, development, data, lifetimes, maxStaleness, allowedOrigins } = settings
  return [
    [
      development ? 'development on this machine' : 'production',
      issuer.startsWith('https:') ? 'cookies are Secure' : 'plain http, cookies without Secure',
    ].join(': '),
    describeLifetimes(lifetimes),
    `data lies in ${data}`,
    `pages of ${[new URL(issuer).origin, ...allowedOrigins].join(', ')} may call`,
    `a revocation counts in this process at once, within 250 ms in others on this database, and in guards as they are told; one that hears nothing refuses after ${inWords(maxStaleness)}: the worst case`,
    ...(development
      ? []
      : ['e-mail verification is off: sign-up tells anybody whether an address has an account']),
  ]
}
