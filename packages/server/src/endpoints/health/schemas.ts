import { z } from 'zod'
import { members } from '../../http/answers/shapes.ts'

export const healthAnswer = z.strictObject({ status: z.literal('ok') })

export const openapiAnswer = z.looseObject({ openapi: z.literal('3.1.0'), paths: members })
