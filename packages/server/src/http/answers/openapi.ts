import * as z from 'zod'
import { packageVersion } from '../../config/package-file.ts'
import type { Endpoint } from '../endpoint.ts'
import { oauthErrorAnswer } from '../oauth/error-answer.ts'
import { isOAuth } from '../oauth/oauth-endpoint.ts'
import { withOpenapiComponents } from './openapi-components.ts'
import { openapiSecurityOf, securitySchemes } from './openapi-security.ts'
import { pathParameters, queryParameters } from '../bodies/parameters.ts'
import type { Parameter } from '../bodies/parameters.ts'
import type { Route, Access } from '../route.ts'
import type { Shape } from './shape.ts'
import type { Site } from '../site.ts'

/** Who may call, for readers of the description. */
const callers: Readonly<Record<Exclude<Access, `keyhaven:${string}`>, string>> = {
  any: 'Anyone.',
  'own-origin': 'Anyone, from a page of an allowed origin.',
  'session-cookie': 'A browser with its session cookie.',
  account: 'A user, for their own account.',
  session: 'A user’s session.',
  guard: 'A guard’s key, as bearer.',
  client: 'An OAuth client.',
  testing: 'A test on the same machine, with `KEYHAVEN_TESTING=on` in development.',
}

/** Ends the sentence of a call that also takes `transport: "bearer"`. */
const APPS = ' With `transport` or `attempt`: an app, or a page that may hold tokens.'

const tags = {
  Accounts: 'Sign-up, profiles, passwords; listing, locking and changing accounts.',
  Recovery: 'Confirmed addresses and forgotten passwords, by mail.',
  Factors: 'Second factors: authenticator apps, passkeys, recovery codes.',
  Sessions: 'Sign-in, sign-out, the current user, lists of sessions.',
  'API keys': 'Keys of users for their programs.',
  Tokens: 'Issued access tokens.',
  Tickets: 'Tickets for one address each, where a browser sends no header.',
  OAuth: 'Tokens for programs, and what becomes of them; forms, and answers of RFC 6749.',
  Audit: 'The audit log.',
  Keys: 'The keys that sign tokens.',
  Guards: 'The feed of revocations, and the guards that read it.',
  Discovery: 'Metadata, keys and this description.',
  Operation: 'Health and metrics.',
  Testing: 'Sessions for tests. Without `KEYHAVEN_TESTING=on` these calls do not exist.',
} as const

/** Tags by the first part of a path. */
const tagNames: Readonly<Record<string, keyof typeof tags>> = {
  accounts: 'Accounts',
  'email-changes': 'Recovery',
  'email-verifications': 'Recovery',
  'password-resets': 'Recovery',
  'session-notices': 'Recovery',
  sessions: 'Sessions',
  devices: 'Sessions',
  factors: 'Factors',
  passkeys: 'Factors',
  user: 'Sessions',
  'api-keys': 'API keys',
  tickets: 'Tickets',
  tokens: 'Tokens',
  oauth: 'OAuth',
  audit: 'Audit',
  'account-erasures': 'Accounts',
  keys: 'Keys',
  guards: 'Guards',
  revocations: 'Guards',
  metrics: 'Operation',
  health: 'Operation',
  testing: 'Testing',
  '.well-known': 'Discovery',
  'openapi.json': 'Discovery',
}

/** The tags of these routes in the order of the page, with their descriptions. */
function describedTags(routes: readonly Route[]): readonly object[] {
  const used = new Set(routes.map(tagOf))
  return Object.entries(tags).flatMap(([name, description]) =>
    used.has(name) ? [{ name, description }] : [],
  )
}

/** The tag of a route. @throws Error if its first part has none. */
function tagOf({ name, path }: Pick<Route, 'name' | 'path'>): string {
  const [first = ''] = partsOf(path)
  const tag = tagNames[first]
  if (tag === undefined) throw new Error(`${name} has no tag: add its first part to tagNames`)
  return tag
}

/** One sentence about who may call, and one about the proof of identity that the call needs. */
function whoMayCall({
  who,
  fresh = false,
  endpoint: { takesApps },
}: Pick<Route, 'who' | 'fresh' | 'endpoint'>): string {
  const caller = who.startsWith('keyhaven:')
    ? `A user with the scope \`${who}\`.`
    : callers[who as keyof typeof callers] + (takesApps ? APPS : '')
  if (fresh === false) return caller
  return `${caller} Needs a fresh proof of identity${fresh === true ? '' : ` ${fresh.when}`}.`
}

type Described = Pick<Site, 'issuer' | 'cookies' | 'opaque'>

/**
 * The API as an OpenAPI 3.1 document, made from the route table and the schemas that check
 * requests.
 */
export function openapiOf(routes: readonly Route[], problem: Shape, site: Described): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route, site) }
  }
  return withOpenapiComponents({
    openapi: '3.1.0',
    info: {
      title: 'Keyhaven',
      version: packageVersion(),
      description:
        'Accounts, sessions and signed tokens. A browser authenticates with its cookies; a call that changes something also sends the XSRF token.',
    },
    servers: [{ url: site.issuer }],
    tags: describedTags(routes),
    paths,
    components: {
      securitySchemes: securitySchemes(site),
      schemas: {
        Problem: schemaOf(problem(), 'output'),
        OAuthError: schemaOf(oauthErrorAnswer(), 'output'),
      },
      responses: {
        Problem: {
          description: 'A refusal (RFC 9457) with a stable code.',
          content: {
            'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
          },
        },
        OAuthError: {
          description: 'A refusal of an OAuth endpoint (RFC 6749 §5.2).',
          content: { 'application/json': { schema: { $ref: '#/components/schemas/OAuthError' } } },
        },
      },
    },
  })
}

function operationOf(route: Route, { opaque }: Described): object {
  const { path, endpoint } = route
  return {
    operationId: operationIdOf(route),
    tags: [tagOf(route)],
    summary: endpoint.summary,
    description: whoMayCall(route),
    security: openapiSecurityOf(route, opaque),
    parameters: [
      ...[...path.matchAll(/:(\w+)/g)].map(([, one = '']) =>
        parameterOf(one, 'path', pathParameters[one]),
      ),
      ...(endpoint.query ?? []).map((one) => parameterOf(one, 'query', queryParameters[one])),
    ],
    ...(endpoint.body && { requestBody: bodyOf(endpoint) }),
    ...(route.fresh && { 'x-fresh': route.fresh }),
    responses: { ...answersOf(endpoint), default: refusalOf(endpoint) },
  }
}

/**
 * The method and the parts of the path: `GET /accounts/:id/sessions` becomes `getAccountSessions`.
 * A part before a parameter becomes singular.
 */
function operationIdOf({ method, path }: Pick<Route, 'method' | 'path'>): string {
  const parts = partsOf(path)
  const names = parts.flatMap((part, at) => {
    if (part.startsWith(':')) return []
    const isOne = parts[at + 1]?.startsWith(':') === true
    return (isOne ? part.replace(/s$/, '') : part).split(/[^a-z]+/).filter((name) => name !== '')
  })
  return (
    method.toLowerCase() +
    names.map((name) => name.charAt(0).toUpperCase() + name.slice(1)).join('')
  )
}

function partsOf(path: string): readonly string[] {
  return path.split('/').filter((part) => part !== '')
}

function parameterOf(name: string, place: 'path' | 'query', known: Parameter | undefined): object {
  if (known === undefined) throw new Error(`the parameter ${name} has no description`)
  return { name, in: place, required: place === 'path', ...known }
}

function bodyOf(endpoint: Endpoint): object {
  const { body: schema = z.object({}) } = endpoint
  const type = isOAuth(endpoint) ? 'application/x-www-form-urlencoded' : 'application/json'
  return {
    required: !schema.safeParse({}).success,
    content: { [type]: { schema: schemaOf(schema, 'input') } },
  }
}

function refusalOf(endpoint: Endpoint): object {
  return { $ref: `#/components/responses/${isOAuth(endpoint) ? 'OAuthError' : 'Problem'}` }
}

function answersOf({ answers, summary, events, text }: Endpoint): Record<string, object> {
  return Object.fromEntries(
    Object.entries(answers).map(([status, schema]) => {
      const content = {
        ...(schema && { 'application/json': { schema: schemaOf(schema(), 'output') } }),
        ...(text && { [text]: { schema: { type: 'string' } } }),
        ...(events && { 'text/event-stream': eventsOf(events) }),
      }
      const has = Object.keys(content).length > 0
      return [status, { description: summary, ...(has && { content }) }]
    }),
  )
}

/** OpenAPI 3.1 can't describe the events of a stream, so an extension lists them by name. */
function eventsOf(events: Readonly<Record<string, Shape>>): object {
  const described = Object.entries(events).map(([name, data]) => [name, schemaOf(data(), 'output')])
  return { schema: { type: 'string' }, 'x-events': Object.fromEntries(described) }
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): object {
  const { $schema: _dialect, ...plain } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return plain
}
