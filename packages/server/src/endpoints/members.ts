import { z } from 'zod'

const text = (longest: number, sentence: string): z.ZodString =>
  z.string(sentence).min(1, sentence).max(longest, `Use at most ${longest} characters.`)

/** An address, with room for blanks around it that its flow removes. */
const LONGEST_LOGIN = 320

/** Members that more than one call takes. Rules beyond shape belong to the flows. */
export const email = text(LONGEST_LOGIN, 'Write an e-mail address like name@example.com.')
export const password = text(1024, 'Write a password.')
export const login = text(LONGEST_LOGIN, 'Write an e-mail address or a user name.')
export const device = text(100, 'Write a name for this device.').optional()
export const username = text(LONGEST_LOGIN, 'Write a user name.').optional()
export const name = text(100, 'Write a name.').optional()

/** Why an operator did something. */
export const reason = text(500, 'Say why.').optional()

/** Application data about a person: a small JSON object. */
export const profile = z
  .record(z.string().max(64), z.json())
  .refine((value) => JSON.stringify(value).length <= 4096, 'Use at most 4,096 characters in all.')
  .optional()
