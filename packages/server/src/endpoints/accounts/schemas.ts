import { z } from 'zod'
import { accountAnswer, listOf, time } from '../../http/answers/shapes.ts'
import { LONGEST_LOGIN, text } from '../../http/bodies/members.ts'

export const administeredAnswer = accountAnswer.extend({
  roles: z.array(z.string()),
  createdAt: time,
  lastSignInAt: time.nullable(),
  statusReason: z.string().nullable(),
})

export const accountsAnswer = listOf(administeredAnswer)

export const statusChangeAnswer = z.strictObject({
  account: administeredAnswer,
  ended: z.strictObject({ sessions: z.int(), apiKeys: z.int(), delegations: z.int() }),
  seq: z.int(),
})

/** Members that more than one call takes. Rules beyond shape belong to the flows. */
export const email = text(
  LONGEST_LOGIN,
  'e-mail address',
  'The e-mail address is missing: write one like name@example.com.',
)

export const username = text(
  LONGEST_LOGIN,
  'user name',
  'The user name is empty: write one.',
).optional()

export const name = text(100, 'name', 'The name is empty: write one.').optional()

/** Application data about a person: a small JSON object. */
export const profile = z
  .record(z.string().max(64), z.json())
  .refine(
    (value) => JSON.stringify(value).length <= 4096,
    'The profile is too long: use at most 4,096 characters in all.',
  )
  .optional()
