import { z } from 'zod'
import type { Endpoint } from './endpoint.ts'
import type { Route, Who } from './route.ts'

/** Who may call, in words for readers of the description. */
const callers: Readonly<Record<Exclude<Who, `keyhaven:${string}`>, string>> = {
  any: 'Anybody.',
  page: 'Anybody, from a page of an own origin.',
  session: 'A browser with its session cookie.',
  own: 'A person, for her own account.',
  person: 'A person’s session.',
  guard: 'A guard’s key, as bearer.',
}

/** The API as OpenAPI 3.1, made from the route table and the schemas that check. */
export function openapiOf(routes: readonly Route[], problem: z.ZodType): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Keyhaven', version: '1', description: 'Paths are relative to the issuer.' },
    paths,
    components: {
      schemas: { Problem: schemaOf(problem, 'output') },
      responses: {
        Problem: {
          description: 'A refusal (RFC 9457) with a stable code.',
          content: {
            'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
          },
        },
      },
    },
  }
}

function operationOf({ path, who, endpoint }: Route): object {
  const names = [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name)
  const parameter = (name: string, place: 'path' | 'query'): object => ({
    name,
    in: place,
    required: place === 'path',
    schema: { type: 'string' },
  })
  const caller = who.startsWith('keyhaven:')
    ? `A person who holds \`${who}\`.`
    : callers[who as keyof typeof callers]
  return {
    summary: endpoint.summary,
    description: caller,
    parameters: [
      ...names.map((name) => parameter(name, 'path')),
      ...(endpoint.query ?? []).map((name) => parameter(name, 'query')),
    ],
    ...(endpoint.body && {
      requestBody: {
        content: { 'application/json': { schema: schemaOf(endpoint.body, 'input') } },
      },
    }),
    responses: { ...answersOf(endpoint), default: { $ref: '#/components/responses/Problem' } },
  }
}

function answersOf({ answers, summary, events, text }: Endpoint): Record<string, object> {
  return Object.fromEntries(
    Object.entries(answers).map(([status, schema]) => {
      const content = {
        ...(schema && { 'application/json': { schema: schemaOf(schema, 'output') } }),
        ...(text && { [text]: { schema: { type: 'string' } } }),
        ...(events && { 'text/event-stream': eventsOf(events) }),
      }
      const has = Object.keys(content).length > 0
      return [status, { description: summary, ...(has && { content }) }]
    }),
  )
}

/** OpenAPI 3.1 has no word for the events of a stream: they stand in an extension, by name. */
function eventsOf(events: Readonly<Record<string, z.ZodType>>): object {
  const described = Object.entries(events).map(([name, data]) => [name, schemaOf(data, 'output')])
  return { schema: { type: 'string' }, 'x-events': Object.fromEntries(described) }
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): object {
  const { $schema: _dialect, ...plain } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return plain
}
