import { z } from 'zod'

const text = (longest: number, what: string, sentence: string): z.ZodString =>
  z
    .string(sentence)
    .min(1, sentence)
    .max(longest, `The ${what} is too long: use at most ${longest} characters.`)

/** An address, with room for blanks around it that its flow removes. */
const LONGEST_LOGIN = 320

/** Members that more than one call takes. Rules beyond shape belong to the flows. */
export const email = text(
  LONGEST_LOGIN,
  'e-mail address',
  'The e-mail address is missing: write one like name@example.com.',
)
export const password = text(1024, 'password', 'The password is missing: write one.')
export const login = text(
  LONGEST_LOGIN,
  'e-mail address or user name',
  'The e-mail address or user name is missing: write one.',
)
export const device = text(
  100,
  'name of the device',
  'The name of the device is empty: write one.',
).optional()
export const username = text(
  LONGEST_LOGIN,
  'user name',
  'The user name is empty: write one.',
).optional()
export const name = text(100, 'name', 'The name is empty: write one.').optional()

/** Why an operator did something. */
export const reason = text(500, 'reason', 'The reason is empty: write one.').optional()

/** Application data about a person: a small JSON object. */
export const profile = z
  .record(z.string().max(64), z.json())
  .refine(
    (value) => JSON.stringify(value).length <= 4096,
    'The profile is too long: use at most 4,096 characters in all.',
  )
  .optional()
