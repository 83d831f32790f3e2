import * as z from 'zod'
import { shape } from '../../http/answers/shape.ts'
import { accountAnswer, listOf, time } from '../../http/answers/shapes.ts'
import { LONGEST_LOGIN, anyText, line } from '../../http/bodies/members.ts'

/** An account as administrators get it. */
export const administeredAnswer = shape(() =>
  accountAnswer().extend({
    roles: z.array(z.string()),
    createdAt: time(),
    lastSignInAt: time().nullable(),
    statusReason: z.string().nullable(),
    factors: z.array(z.enum(['totp', 'passkey', 'recovery_code'])),
    erasesAt: time().optional(),
  }),
)

/** A page of accounts. */
export const accountsAnswer = listOf(administeredAnswer)

/**
 * An account after a change of status, what the change ended, and the number of its revocation
 * entry.
 */
export const statusChangeAnswer = shape(() =>
  z.strictObject({
    account: administeredAnswer(),
    ended: z.strictObject({ sessions: z.int(), apiKeys: z.int(), delegations: z.int() }),
    seq: z.int(),
  }),
)

/** Members that several calls accept. The flows check all but the shape, and trim logins. */
export const email = anyText(
  LONGEST_LOGIN,
  'e-mail address',
  'The e-mail address is missing: write one like name@example.com.',
)

/** An optional user name. */
export const username = anyText(
  LONGEST_LOGIN,
  'user name',
  'The user name is empty: write one.',
).optional()

/** An optional display name. */
export const name = line(100, 'name', 'The name is empty: write one.').optional()

/** Application data of an account: a small JSON object. */
export const profile = z
  .record(z.string().max(64, 'The name is too long: use at most 64 characters.'), z.json())
  .refine(
    (value) => JSON.stringify(value).length <= 4096,
    'The profile is too long: use at most 4,096 characters in all.',
  )
  .optional()

const NO_TAG = 'This is not a language tag: write one like en or de-AT.'

/** The language of an account's mails (RFC 5646), in its canonical spelling. */
export const locale = z
  .string(NO_TAG)
  .max(35, NO_TAG)
  .transform((tag, context) => {
    try {
      const [canonical] = Intl.getCanonicalLocales(tag)
      if (canonical !== undefined) return canonical
    } catch {
      // A RangeError: the tag is malformed
    }
    context.addIssue(NO_TAG)
    return z.NEVER
  })
  .optional()
