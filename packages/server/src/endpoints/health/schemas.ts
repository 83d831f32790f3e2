import * as z from 'zod'
import { shape } from '../../http/answers/shape.ts'
import { members } from '../../http/answers/shapes.ts'

/** A successful health check. */
export const healthAnswer = shape(() => z.strictObject({ status: z.literal('ok') }))

/** An OpenAPI 3.1 document. */
export const openapiAnswer = shape(() =>
  z.looseObject({ openapi: z.literal('3.1.0'), paths: members() }),
)
