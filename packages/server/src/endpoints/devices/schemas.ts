import * as z from 'zod'
import { listOf, time } from '../../http/answers/shapes.ts'

/** All browsers that an account knows. */
export const devicesAnswer = listOf(
  z.strictObject({
    id: z.string(),
    browser: z.string().nullable(),
    address: z.string().nullable(),
    firstUsedAt: time,
    lastUsedAt: time,
    changed: z.array(z.enum(['address', 'browser'])),
    current: z.boolean(),
  }),
)
