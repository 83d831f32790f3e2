import * as z from 'zod'
import { shape } from '../../http/answers/shape.ts'

/** A position in the log, and the time of the read that found it. */
export const positionAnswer = shape(() =>
  z.strictObject({ log: z.string(), seq: z.int(), time: z.int() }),
)

/** One revocation entry. */
export const entryAnswer = shape(() =>
  z.strictObject({
    seq: z.int(),
    kind: z.enum(['jti', 'sid', 'client_id', 'era', 'kid']),
    id: z.string(),
    code: z.enum(['session_ended', 'account_locked', 'token_expired']),
    until: z.int(),
  }),
)

/** A page of the entries that count at a position. */
export const snapshotAnswer = shape(() =>
  positionAnswer().extend({
    entries: z.array(entryAnswer()).max(1000),
    more: z.boolean(),
  }),
)

/** A page with the cursor of the next one, `null` at the end. */
export const snapshotPageAnswer = shape(() =>
  snapshotAnswer().extend({ next: z.string().nullable() }),
)
