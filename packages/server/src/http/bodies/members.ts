import * as z from 'zod'

/** A text of 1 to `longest` characters; `sentence` is the message if it is missing or empty. */
export const text = (longest: number, what: string, sentence: string): z.ZodString =>
  z
    .string(sentence)
    .min(1, sentence)
    .max(longest, `The ${what} is too long: use at most ${longest} characters.`)

/** The longest e-mail address, with spaces around it that the flow removes. */
export const LONGEST_LOGIN = 320

/** A password before any check of the policy. */
export const password = text(1024, 'password', 'The password is missing: write one.')

/** The reason that an operator states for an action. */
export const reason = text(500, 'reason', 'The reason is empty: write one.').optional()
