import {
  CROWD,
  callRules,
  attemptRules,
  keyRules,
  mailRules,
  signUpRules,
  streamLimits,
} from '../config/limits.ts'
import { clientRules } from '../config/clients/client-rules.ts'
import { factorRules } from '../config/factors/factor-rules.ts'
import { passkeyRules } from '../config/factors/passkey-rules.ts'
import { durationText } from '../config/lifetimes.ts'
import type { Limit, Row as RouteRow } from './route.ts'

interface Row {
  readonly points: number
  readonly duration?: number
  readonly counts: string
  readonly why: string
}

/** The reference page of all limits as Markdown, made from the tables that are enforced. */
export function limitsPageOf(routes: readonly RouteRow[]): string {
  const calls = routes.map(({ name, limit }) => `| \`${name}\` | ${stated(limit)} |`)
  return `# Limits

A call beyond a limit is answered 429 \`rate_limited\`. Its \`detail\` and its \`Retry-After\` header name the seconds to
wait. Made from \`packages/server/src/config/limits.ts\` and the route table by \`npm run reference\`.

A network is an IPv4 address, or a /64 of IPv6. Behind a trusted proxy it is that of the right-most address in
\`X-Forwarded-For\` that is not a trusted proxy, in any form that a proxy writes. If a trusted proxy writes something
that is not an address, all its clients are one network, and one line is logged. An application that serves
\`auth.handler\` passes the client's address as \`auth.handler(request, { address })\`. Without it all clients are counted
together, with limits ${CROWD} times as large and without a limit per account and network.

## Password attempts: \`signIn\`

Counted in the database, for all processes, before the password is checked. The right password resets the counts of
its account, and is taken out of the count of its network. An account has one count, whichever of its logins is typed.
A login that belongs to no account is counted with the same limits, so 429 does not reveal which accounts exist. A
malformed login is counted by network only. The current password in a password change is counted on its device if the account knows it, else with the step-ups of the account.

${table(attemptRules)}

Anyone who knows a login can use up the attempts of that account from many networks. Sign-ins to it are then refused until
the period ends, except on [known devices](../guides/devices.md), which count by themselves. A reset by mail makes a browser a
known device. Users who are signed in stay signed in.

## Second factors

Counted in the database, for all processes, before the factor is checked, besides the five tries of one sign-in. A right
one resets the counts. A mail that the user confirms, by a sign-in or a reset by mail, resets those of unknown browsers.

${table(factorRules)}

## Sign-ups: \`signUp\`

Counted in the database, for all processes, once the input is well formed and before the password is hashed.

${table(signUpRules)}

## Mails: \`mail\`

Counted in the database, for all processes, once the input is well formed. Sign-ups count here too if their address must be
confirmed. The counters contain keyed hashes, no address.

${table(mailRules)}

## Sign-ins by passkey: \`passkeyOptions\`

Counted in the database, for all processes, once the input is well formed. Answers of a passkey that are wrong count as
password attempts of their network, and of no account: a passkey can't be guessed.

${table(passkeyRules)}

${ofProcess()}

## Hashes

Sign-in, sign-up and password changes wait for a hash thread in queues of their own and take turns. A full queue is 503
\`overloaded\`; it uses no place of another.

## Calls

| call | limit |
|---|---|
${calls.join('\n')}
`
}

/** What each process counts by itself. */
function ofProcess(): string {
  return `## API keys

Counted by each process in its memory, before a key is looked up. One that was refused before is refused again without
being counted.

${table(keyRules)}

## Calls of an authenticated caller

Counted by each process in its memory, once the request is well formed and before any other work.

${table(callRules)}

## OAuth endpoints

Counted by each process in its memory: by network before any work, then by client.

${table(clientRules)}

## Open event streams

In each process.

${table(streamLimits)}`
}

function table(rules: Readonly<Record<string, Row>>): string {
  const rows = Object.entries(rules).map(
    ([name, { points, duration, counts, why }]) =>
      `| \`${name}\` | ${points} ${counts} | ${duration ? durationText(duration) : 'at one time'} | ${why} |`,
  )
  return `| name | at most | in | why |\n|---|---|---|---|\n${rows.join('\n')}`
}

function stated(limit: Limit): string {
  if (typeof limit === 'string') return `\`${limit}\``
  if ('none' in limit) return `none: ${limit.none}`
  return `\`${limit.own}\` for the own account, \`${limit.others}\` for others`
}
