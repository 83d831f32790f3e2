import type { Answer } from '../endpoint.ts'
import type { Route } from '../route.ts'

/** In tests no answer passes that the API description does not contain. */
export function requireFit(
  { name, endpoint }: Route,
  { status, body, text, stream }: Answer,
): void {
  const schema = endpoint.answers[status]
  if (!(status in endpoint.answers)) throw new Error(`${name} has no answer with status ${status}`)
  // Tests check events where they read them
  if (stream !== undefined || text !== undefined) return
  const parsed = schema?.().safeParse(JSON.parse(JSON.stringify(body)))
  if (parsed?.success === false) throw new Error(`${name}: ${parsed.error.message}`)
}
