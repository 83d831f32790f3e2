import * as z from 'zod'
import { shape } from '../../http/answers/shape.ts'
import { listOf, time } from '../../http/answers/shapes.ts'

/** A page of credentials. */
export const credentialsAnswer = listOf(
  shape(() =>
    z.strictObject({
      id: z.string(),
      kind: z.enum(['session', 'api-key', 'delegation', 'ticket']),
      name: z.string().nullable(),
      client: z.string(),
      scope: z.array(z.string()).nullable(),
      createdAt: time(),
      lastUsedAt: time().nullable(),
      expiresAt: time().nullable(),
      parent: z.string().nullable(),
    }),
  ),
)
