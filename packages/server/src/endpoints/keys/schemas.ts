import * as z from 'zod'
import { shape } from '../../http/answers/shape.ts'
import { listOf, time } from '../../http/answers/shapes.ts'

/** The signing keys. */
export const keysAnswer = listOf(
  shape(() =>
    z.strictObject({
      kid: z.string(),
      alg: z.string(),
      state: z.enum(['next', 'current', 'retiring', 'withdrawn']),
      signsFrom: time(),
      publishedUntil: time().optional(),
    }),
  ),
)

/** The new key, and the keys that an emergency withdrew. */
export const rotationAnswer = shape(() =>
  z.strictObject({
    kid: z.string(),
    signsFrom: time(),
    withdrawn: z.array(z.string()),
  }),
)
