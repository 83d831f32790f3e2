import * as z from 'zod'
import type { PasskeyResponse } from '../../../model/sign-in/factor-proof.ts'
import { bytes, clientDataJSON, credentialId } from './bytes.ts'

const assertion = z
  .object({
    id: credentialId,
    rawId: z.string(),
    type: z.literal('public-key'),
    response: z.object({
      clientDataJSON,
      authenticatorData: bytes(2048),
      signature: bytes(1024),
      // Browsers leave it out, or send none as empty or null
      userHandle: bytes(64).or(z.literal('')).nullish(),
    }),
  })
  .refine(({ id, rawId }) => id === rawId)

/** The answer to a challenge, within its bounds. */
export type Assertion = z.infer<typeof assertion>

/** Reads an answer to a challenge. @returns `undefined` unless it has the form of one. */
export function readAssertion(response: PasskeyResponse): Assertion | undefined {
  return assertion.safeParse(response).data
}
