import { describedTags, tagOf, whoMayCall } from './answers/openapi.ts'
import type { Route } from './route.ts'

/** The reference page of all calls as Markdown, made from the route table. */
export function httpPageOf(routes: readonly Route[]): string {
  const byTag = Map.groupBy(routes, tagOf)
  const parts = describedTags.map(({ name, description }) => {
    const rows = (byTag.get(name) ?? []).map(rowOf)
    return `## ${name}\n\n${description}\n\n| call | does | who may call | query |\n|---|---|---|---|\n${rows.join('\n')}`
  })
  return `# The HTTP API

Paths are below the issuer, such as \`https://app.example/auth\`. \`GET /openapi.json\` describes bodies, responses and ways to
authenticate, for people and for generators of clients. Made from the route table by \`npm run reference\`.

- Bodies and responses are JSON. A body of another type is 415, one of over 64 KiB is 413; unknown and repeated members and
  parameters are 400.
- A browser authenticates by its cookies. A call that changes something also needs the header \`X-XSRF-TOKEN\` with the
  \`xsrfToken\` of the session view, and must come from an allowed origin. \`Authorization: Bearer\` with an access token of a
  user's session needs neither.
- Lists return \`{ "items": [], "next": cursor or null }\`. They accept \`limit\` (100 at most, 50 by default), \`cursor\` (the
  \`next\` of the previous page) and \`sort\` (\`-createdAt\`, the default, or \`createdAt\`).
- Refusals are \`application/problem+json\` with a stable \`code\`: [errors](errors.md). For limits, see
  [limits](limits.md).
- A call that changes another account is refused with 403 \`insufficient_scope\` if that account holds a \`keyhaven:\` scope that
  you lack. Reading is allowed.
- A \`DELETE\` with a \`reason\` accepts it in the body or as \`?reason=\`; it is recorded in the
  [audit log](../operate/audit.md).

${parts.join('\n\n')}
`
}

function rowOf(route: Route): string {
  const { name, endpoint } = route
  const query = (endpoint.query ?? []).map((one) => `\`${one}\``).join(' ')
  return `| \`${name.replace(/:(\w+)/g, '{$1}')}\` | ${endpoint.summary.replace(/\.$/, '')} | ${whoMayCall(route).replace(/\.$/, '')} | ${query} |`
}
