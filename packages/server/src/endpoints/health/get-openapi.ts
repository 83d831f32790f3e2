import { openEndpoint } from '../../http/endpoint.ts'
import type { OpenEndpoint } from '../../http/endpoint.ts'
import { openapiOf } from '../../http/answers/openapi.ts'
import { servedOf, withEndpoints } from '../../http/route.ts'
import type { Row } from '../../http/route.ts'
import type { Site } from '../../http/site.ts'
import { openapiAnswer } from './schemas.ts'
import { problemAnswer } from '../../http/answers/shapes.ts'

/** An endpoint for the description of the API, made once for each site from all routes. */
export function getOpenapiEndpoint(routes: () => readonly Row[]): OpenEndpoint {
  const made = new WeakMap<Site, object>()
  return openEndpoint({
    summary: 'This description of the API.',
    answers: { 200: openapiAnswer },
    handle: async ({ site, context }) => {
      const all = await withEndpoints(servedOf(routes(), context))
      const body = made.get(site) ?? openapiOf(all, problemAnswer, site)
      made.set(site, body)
      return { status: 200, body, headers: { 'cache-control': 'max-age=60' } }
    },
  })
}
