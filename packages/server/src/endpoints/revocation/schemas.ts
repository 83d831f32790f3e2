import { z } from 'zod'

export const markAnswer = z.strictObject({ log: z.string(), seq: z.int(), time: z.int() })

export const entryAnswer = z.strictObject({
  seq: z.int(),
  kind: z.enum(['jti', 'sid', 'client_id', 'era', 'kid']),
  id: z.string(),
  code: z.enum(['session_ended', 'account_locked', 'token_expired']),
  until: z.int(),
})

export const snapshotAnswer = markAnswer.extend({
  entries: z.array(entryAnswer).max(1000),
  more: z.boolean(),
})

export const snapshotPageAnswer = snapshotAnswer.extend({ next: z.string().nullable() })
