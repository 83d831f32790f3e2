import * as z from 'zod'
import type { PasskeyResponse } from '../../../model/sign-in/factor-proof.ts'
import { LONGEST_ID } from './relying-party.ts'

/** Base64url of at most so many bytes, in its one canonical form. */
export const bytes = (most: number): z.ZodString =>
  z
    .string()
    .max(Math.ceil((most * 4) / 3))
    .regex(/^[\w-]+$/)
    .refine((text) => Buffer.from(text, 'base64url').toString('base64url') === text)

/** The most bytes of what a browser says of a ceremony; those in use need 300. */
const LONGEST_CLIENT_DATA = 4096

/** Members that every answer of a browser has. */
export const credential = {
  id: bytes(LONGEST_ID),
  rawId: z.string(),
  type: z.literal('public-key'),
}

/** What a browser says of a ceremony. */
export const clientDataJSON = bytes(LONGEST_CLIENT_DATA)

const assertion = z
  .object({
    ...credential,
    response: z.object({
      clientDataJSON,
      authenticatorData: bytes(2048),
      signature: bytes(1024),
      userHandle: bytes(64).nullish(),
    }),
  })
  .refine(({ id, rawId }) => id === rawId)

/** The answer to a challenge, within its bounds. */
export type Assertion = z.infer<typeof assertion>

/** Reads an answer to a challenge. @returns `undefined` unless it has the form of one. */
export function readAssertion(response: PasskeyResponse): Assertion | undefined {
  return assertion.safeParse(response).data
}
