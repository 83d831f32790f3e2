import * as z from 'zod'
import { shape } from '../../http/answers/shape.ts'
import { listOf, time } from '../../http/answers/shapes.ts'

/** A page of guards; `age` is in seconds. */
export const guardsAnswer = listOf(
  shape(() =>
    z.strictObject({
      name: z.string(),
      createdAt: time(),
      connections: z.int(),
      log: z.string().nullable(),
      appliedSeq: z.int().nullable(),
      appliedAt: time().nullable(),
      age: z.number().nullable(),
      ahead: z.boolean(),
      audiences: z.array(z.string()).nullable(),
      exchangeTo: z.array(z.string()),
      origins: z.array(z.string()),
    }),
  ),
)
