import * as z from 'zod'
import { shape } from '../../http/answers/shape.ts'
import { time } from '../../http/answers/shapes.ts'
import { anyText } from '../../http/bodies/members.ts'

/** When an account is erased. */
export const plannedErasure = shape(() => z.strictObject({ erasesAt: time() }))

/** The status of an account after its erasure was undone. */
export const keptAccount = shape(() =>
  z.strictObject({
    status: z.enum(['active', 'unverified', 'locked', 'disabled']),
  }),
)

/** The token of a link. */
export const token = anyText(100, 'token', 'The token is missing: send that of the link.')

const rows = shape(() => z.array(z.looseObject({})))

/** The file with all that is stored of a person. */
export const exportedFile = shape(() =>
  z.strictObject({
    issuer: z.string(),
    exportedAt: time(),
    account: z.looseObject({ id: z.string(), email: z.string() }),
    credentials: rows(),
    tokens: rows(),
    links: rows(),
    devices: rows(),
    mails: rows(),
    events: rows(),
    acts: rows(),
  }),
)
