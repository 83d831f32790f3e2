import * as z from 'zod'
import { shape } from '../../http/answers/shape.ts'
import { listOf, time } from '../../http/answers/shapes.ts'

/** A page of issued tokens. */
export const tokensAnswer = listOf(
  shape(() =>
    z.strictObject({
      jti: z.string(),
      account: z.string(),
      session: z.string().nullable(),
      clientId: z.string(),
      issuedAt: time(),
      expiresAt: time(),
    }),
  ),
)
