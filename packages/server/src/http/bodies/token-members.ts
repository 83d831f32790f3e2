import * as z from 'zod'

/** The member with which a way in asks for tokens in the body. */
export const transport = z.literal('bearer').optional()

/** What such a caller has begun: the value that the answer before had. */
const attempt = z
  .string()
  .regex(/^[\w-]{43}$/, 'Send the attempt as the answer before had it.')
  .optional()

/** Members of a call that goes on with what its caller has begun. */
export const tokenMembers = { transport, attempt }

/** The two as they were sent. */
export interface TokenMembers {
  readonly transport?: 'bearer' | undefined
  readonly attempt?: string | undefined
}
