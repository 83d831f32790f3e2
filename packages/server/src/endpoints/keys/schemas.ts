import { z } from 'zod'
import { listOf, time } from '../../http/answers/shapes.ts'

export const keysAnswer = listOf(
  z.strictObject({
    kid: z.string(),
    alg: z.string(),
    state: z.enum(['next', 'current', 'retiring', 'withdrawn']),
    signsFrom: time,
    publishedUntil: time.optional(),
  }),
)

export const rotationAnswer = z.strictObject({
  kid: z.string(),
  signsFrom: time,
  withdrawn: z.array(z.string()),
})
