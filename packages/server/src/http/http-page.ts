import { cookieNames } from '@keyhaven/guard'
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

Paths are below the server's URL, which is the issuer: here ${at}. \`GET /openapi.json\` describes bodies, answers and
ways to authenticate, for people and for generators of clients. Made from the same description by \`npm run reference\`.

- Bodies and answers are JSON. A body of another type is 415, one of over 64 KiB is 413; unknown and repeated members and
  parameters are 400.
- A browser authenticates by its cookies. A call that changes something also needs the header \`X-XSRF-TOKEN\` with the
  \`xsrfToken\` of the session view, and must come from an own origin. \`Authorization: Bearer\` with an access token of a
  person's session needs neither.
- Lists return \`{ "items": [], "next": cursor or null }\`. They take \`limit\` (100 at most, 50 by default), \`cursor\` (the
  \`next\` of the page before) and \`sort\` (\`-createdAt\`, the default, or \`createdAt\`).
- Refusals are \`application/problem+json\` with a stable \`code\`: [errors](errors.md). How often a call may be made:
  [limits](limits.md).
- A call on somebody else's account is refused with 403 \`insufficient_scope\` if that account holds a \`keyhaven:\` scope that
  you lack. Reading is not.
- A \`DELETE\` that takes a \`reason\` accepts it in the body or as \`?reason=\`; it is recorded in the
  [audit log](../operate/audit.md).

## Ways to authenticate

An operation needs one of the ways in its row, with all of its members. Where the row has none, no credential is needed.

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
