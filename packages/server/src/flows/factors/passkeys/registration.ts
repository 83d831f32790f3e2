import * as z from 'zod'
import type { PasskeyResponse } from '../../../model/sign-in/factor-proof.ts'
import { bytes, clientDataJSON, newCredentialId } from './bytes.ts'

const registration = z
  .object({
    id: newCredentialId,
    rawId: z.string(),
    type: z.literal('public-key'),
    response: z.object({
      clientDataJSON,
      attestationObject: bytes(16_384),
      transports: z.array(z.string().max(32)).max(16).optional(),
    }),
  })
  .refine(({ id, rawId }) => id === rawId)

/** A new passkey, within its bounds. */
export type Registration = z.infer<typeof registration>

/** Reads a new passkey. @returns `undefined` unless it has the form of one. */
export function readRegistration(response: PasskeyResponse): Registration | undefined {
  return registration.safeParse(response).data
}
