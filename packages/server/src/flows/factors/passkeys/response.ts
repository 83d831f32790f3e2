import * as z from 'zod'
import type { PasskeyResponse } from '../../../model/sign-in/factor-proof.ts'
import { LONGEST_ID } from './relying-party.ts'

/** Base64url of at most so many bytes, in its one canonical form. */
const bytes = (most: number): z.ZodString =>
  z
    .string()
    .max(Math.ceil((most * 4) / 3))
    .regex(/^[\w-]+$/)
    .refine((text) => Buffer.from(text, 'base64url').toString('base64url') === text)

/** The most bytes of what a browser says of a ceremony; those in use need 300. */
const LONGEST_CLIENT_DATA = 4096

/** Members that every answer of a browser has. */
const credential = {
  id: bytes(LONGEST_ID),
  rawId: z.string(),
  type: z.literal('public-key'),
}

/** What a browser says of a ceremony. */
const clientDataJSON = bytes(LONGEST_CLIENT_DATA)

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

/** The least bytes of the id of a new credential (WebAuthn §4). */
const SHORTEST_ID = 16

const registration = z
  .object({
    ...credential,
    id: bytes(LONGEST_ID).min(Math.ceil((SHORTEST_ID * 4) / 3)),
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
