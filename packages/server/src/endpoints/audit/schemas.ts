import * as z from 'zod'
import { shape } from '../../http/answers/shape.ts'
import { listOf, time } from '../../http/answers/shapes.ts'

/** A page of audit rows. */
export const auditAnswer = listOf(
  shape(() =>
    z.strictObject({
      id: z.int(),
      number: z.int().nullable(),
      at: time(),
      action: z.string(),
      actor: z.string().nullable(),
      account: z.string().nullable(),
      session: z.string().nullable(),
      reason: z.string().nullable(),
      address: z.string().nullable(),
      details: z.json(),
    }),
  ),
)
