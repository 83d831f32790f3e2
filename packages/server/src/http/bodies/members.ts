import { z } from 'zod'

export const text = (longest: number, what: string, sentence: string): z.ZodString =>
  z
    .string(sentence)
    .min(1, sentence)
    .max(longest, `The ${what} is too long: use at most ${longest} characters.`)

/** An address, with room for blanks around it that its flow removes. */
export const LONGEST_LOGIN = 320

export const password = text(1024, 'password', 'The password is missing: write one.')

/** Why an operator did something. */
export const reason = text(500, 'reason', 'The reason is empty: write one.').optional()
