import { CROWD, callRules, attemptRules, signUpRules, streamLimits } from '../config/limits.ts'
import { durationText } from '../config/lifetimes.ts'
import type { Limit, Route } from './route.ts'

interface Row {
  readonly points: number
  readonly duration?: number
  readonly counts: string
  readonly why: string
}

/** The reference page of all limits, as Markdown: made from the tables that are enforced. */
export function limitsPageOf(routes: readonly Route[]): string {
  const calls = routes.map(({ name, limit }) => `| \`${name}\` | ${stated(limit)} |`)
  return `# Limits

A call beyond a limit is answered 429 \`rate_limited\`. Its \`detail\` and its \`Retry-After\` header name the seconds to
wait. Made from \`packages/server/src/config/limits.ts\` and the route table by \`npm run reference\`.

A network is an IPv4 address, or a /64 of IPv6. Behind a trusted proxy it is that of the right-most address in
\`X-Forwarded-For\` that is no trusted proxy, in whatever form the proxy writes it. If a trusted proxy writes something
that is no address, all its clients are one network, and one line is logged. An application that serves
\`auth.handler\` passes the client's address as \`auth.handler(request, { address })\`. Without it all clients are counted
together, with limits ${CROWD} times as large and without a limit per account and network.

## Guesses at a password: \`signIn\`

Counted in the database, for all processes, before the password is tried. The right password gives the guess back and
forgets those before it. An account has one count, whichever of its logins is typed. A login that belongs to no account
is counted with the same limits, so 429 does not reveal which accounts exist. A malformed login is counted by network
only. The current password in a password change is a guess like any other.

${table(attemptRules)}

Anyone who knows a login can use up the guesses at that account from many networks. Then sign-ins to it are refused until
the time is over, except on known devices. Devices are not recognised yet, so no guess is counted as one of a known
device. Users who are signed in stay signed in.

## Sign-ups: \`signUp\`

Counted in the database, for all processes, once the input is well formed and before the password is hashed.

${table(signUpRules)}

## Calls of a known caller

Counted by each process in its memory, once the request is well formed and before anything is done for it.

${table(callRules)}

## Event streams that are open at one time

In each process.

${table(streamLimits)}

## Hashes

Sign-in, sign-up and password changes wait for a hash thread in queues of their own and take turns. A full queue is 503
\`overloaded\`; it takes no place from another.

## Calls

| call | limit |
|---|---|
${calls.join('\n')}
`
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
