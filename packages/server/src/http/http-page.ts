import { cookieNames } from '@keyhaven/guard/kit'
import { options } from '../config/options.ts'
import { openapiOf } from './answers/openapi.ts'
import { problemAnswer } from './answers/shapes.ts'
import type { Route } from './route.ts'

/** What the page prints of the description of the API. */
interface Described {
  readonly servers: readonly { readonly url: string }[]
  readonly tags: readonly { readonly name: string; readonly description: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly securitySchemes: Readonly<Record<string, Scheme>> }
}

interface Operation {
  readonly operationId: string
  readonly tags: readonly string[]
  readonly summary: string
  /** Who may call. */
  readonly description: string
  readonly security: readonly Readonly<Record<string, readonly string[]>>[]
  readonly parameters: readonly { readonly name: string; readonly in: string }[]
}

interface Scheme {
  readonly type: string
  readonly in?: string
  readonly name?: string
  readonly scheme?: string
  readonly description: string
}

const ISSUER = 'https://app.example/auth'

/** The reference page of all calls, as Markdown: made from what `GET /openapi.json` answers. */
export function httpPageOf(routes: readonly Route[]): string {
  const cookies = cookieNames(new URL(ISSUER), options.cookieName.otherwise.text)
  const site = { issuer: ISSUER, cookies, opaque: false }
  const { servers, tags, paths, components } = openapiOf(routes, problemAnswer, site) as Described
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, one]) => ({
      ...one,
      call: `${method.toUpperCase()} ${path}`,
    })),
  )
  const parts = tags.map(({ name, description }) => {
    const rows = operations.filter((one) => one.tags.includes(name)).map(rowOf)
    return `## ${name}\n\n${description}\n\n${HEADER}\n${rows.join('\n')}`
  })
  const schemes = Object.entries(components.securitySchemes).map(
    ([name, one]) => `| \`${name}\` | ${placeOf(one)} | ${one.description} |`,
  )
  const at = servers.map(({ url }) => `\`${url}\``).join(', ')
  return `# The HTTP API

Look up a call here: its path, who may call it, and its query parameters. Paths are below the URL of your server, which is
the issuer: here ${at}. \`GET /openapi.json\` describes bodies, answers and ways to authenticate;
generate your client from it. \`npm run reference\` makes this page from the same description.

- Bodies and answers are JSON. A body of another type is 415, one of over 64 KiB is 413. Unknown and repeated members are
  400. So are unknown and repeated parameters of a call that has parameters; a call without any ignores them.
- A browser authenticates by its cookies. If your call changes something, it must also send the header \`X-XSRF-TOKEN\` with
  the \`xsrfToken\` of the session view, and come from an own origin. With \`Authorization: Bearer\` and an access token of a
  user's session you need neither.
- Lists return \`{ "items": [], "next": cursor or null }\`. You may pass \`limit\` (100 at most, 50 by default), \`cursor\` (the
  \`next\` of the previous page) and \`sort\` (\`-createdAt\`, the default, or \`createdAt\`).
- Refusals are \`application/problem+json\` with a stable \`code\`: see [errors](errors.md). How often you may make a call:
  [limits](limits.md).
- A call that needs a fresh proof of identity is answered within \`KEYHAVEN_STEP_UP\` of the last sign-in or step-up. Later
  it is refused with 401 \`step_up_required\` ([step-up](../guides/step-up.md)).
- A call that changes another account is refused with 403 \`insufficient_scope\` if that account holds a \`keyhaven:\` scope
  that you lack. Reading it is not.
- You may send the \`reason\` of a \`DELETE\` in the body or as \`?reason=\`; it is recorded in the
  [audit log](../operate/audit.md).

## Ways to authenticate

Your call needs one of the ways in its row, with all of its members. If the row says none, you need no credential.

| scheme | sent as | what it is |
|---|---|---|
${schemes.join('\n')}

${parts.join('\n\n')}
`
}

const HEADER =
  '| call | operation | does | who may call | authenticates by | query |\n|---|---|---|---|---|---|'

function rowOf({ call, operationId, ...one }: Operation & { readonly call: string }): string {
  const query = one.parameters.filter(({ in: place }) => place === 'query')
  const ways = one.security.map((way) => Object.keys(way).join(' + '))
  return `| ${[
    `\`${call}\``,
    `\`${operationId}\``,
    one.summary.replace(/\.$/, ''),
    one.description.replace(/\.$/, ''),
    ways.join(', ') || 'none',
    query.map(({ name }) => `\`${name}\``).join(' '),
  ].join(' | ')} |`
}

function placeOf({ type, in: place, name, scheme }: Scheme): string {
  return type === 'http' ? `\`Authorization: ${scheme}\`` : `${place} \`${name}\``
}
