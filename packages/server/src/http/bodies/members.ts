import * as z from 'zod'
import { isOneLine } from '../../config/is-one-line.ts'
import { notOneLine } from '../../model/one-line.ts'

/** A text of 1 to `longest` characters; `sentence` is the message if it is missing or empty. */
export const anyText = (longest: number, what: string, sentence: string): z.ZodString =>
  z
    .string({
      error: ({ input }) =>
        input === undefined || input === null
          ? sentence
          : `The ${what} is not text: send a string.`,
    })
    // In one call: each makes another schema
    .check(
      z.minLength(1, sentence),
      z.maxLength(longest, `The ${what} is too long: use at most ${longest} characters.`),
    )

/** The same, of one line: it is stored, and shown in lists, logs and terminals. */
export const line = (longest: number, what: string, sentence: string): z.ZodString =>
  anyText(longest, what, sentence).refine(isOneLine, notOneLine(what))

/** The longest e-mail address, with spaces around it that the flow removes. */
export const LONGEST_LOGIN = 320

/** A password before any check of the policy. */
export const password = anyText(1024, 'password', 'The password is missing: write one.')

/** The reason that an operator states for an action. */
export const reason = line(500, 'reason', 'The reason is empty: write one.').optional()

/** The code of a mail, which a device that the account does not know needs. */
export const mailCode = anyText(
  40,
  'code',
  'The code is empty: enter the one in the mail.',
).optional()
