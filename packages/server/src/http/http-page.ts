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

Look up a call here: its path, who may call it, and its query parameters. Paths are below your issuer, such as
\`https://app.example/auth\`. \`GET /openapi.json\` describes bodies, answers and ways to authenticate; generate your client
from it. This page is made from the route table by \`npm run reference\`.

- Bodies and answers are JSON. A body of another type is 415, one of over 64 KiB is 413. Unknown and repeated members and
  parameters are 400.
- A browser authenticates by its cookies. If your call changes something, it must also send the header \`X-XSRF-TOKEN\` with
  the \`xsrfToken\` of the session view, and come from an own origin. With \`Authorization: Bearer\` and an access token of a
  user's session you need neither.
- Lists return \`{ "items": [], "next": cursor or null }\`. You may pass \`limit\` (100 at most, 50 by default), \`cursor\` (the
  \`next\` of the previous page) and \`sort\` (\`-createdAt\`, the default, or \`createdAt\`).
- Refusals are \`application/problem+json\` with a stable \`code\`: see [errors](errors.md). How often you may make a call:
  [limits](limits.md).
- A call that changes another account is refused with 403 \`insufficient_scope\` if that account holds a \`keyhaven:\` scope
  that you lack. Reading it is not.
- You may send the \`reason\` of a \`DELETE\` in the body or as \`?reason=\`; it is recorded in the
  [audit log](../operate/audit.md).

${parts.join('\n\n')}
`
}

function rowOf(route: Route): string {
  const { name, endpoint } = route
  const query = (endpoint.query ?? []).map((one) => `\`${one}\``).join(' ')
  return `| \`${name.replace(/:(\w+)/g, '{$1}')}\` | ${endpoint.summary.replace(/\.$/, '')} | ${whoMayCall(route).replace(/\.$/, '')} | ${query} |`
}
