import * as z from 'zod'
import { members } from '../../http/answers/shapes.ts'

/** A successful health check. */
export const healthAnswer = z.strictObject({ status: z.literal('ok') })

/** An OpenAPI 3.1 document. */
export const openapiAnswer = z.looseObject({ openapi: z.literal('3.1.0'), paths: members })
