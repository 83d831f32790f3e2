import * as z from 'zod'
import { time } from '../../http/answers/shapes.ts'
import { anyText } from '../../http/bodies/members.ts'

/** When an account is erased. */
export const plannedErasure = z.strictObject({ erasesAt: time })

/** The status of an account after its erasure was undone. */
export const keptAccount = z.strictObject({
  status: z.enum(['active', 'unverified', 'locked', 'disabled']),
})

/** The token of a link. */
export const token = anyText(100, 'token', 'The token is missing: send that of the link.')

const rows = z.array(z.looseObject({}))

/** The file with all that is stored of a person. */
export const exportedFile = z.strictObject({
  issuer: z.string(),
  exportedAt: time,
  account: z.looseObject({ id: z.string(), email: z.string() }),
  credentials: rows,
  tokens: rows,
  links: rows,
  mails: rows,
  events: rows,
  acts: rows,
})
