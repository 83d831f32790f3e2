import * as z from 'zod'

/** The most bytes of a credential id (WebAuthn §4). */
const LONGEST_ID = 1023

/** The least bytes of the id of a new credential (WebAuthn §4). */
const SHORTEST_ID = 16

/** The most bytes of what a browser says of a ceremony; those in use need 300. */
const LONGEST_CLIENT_DATA = 4096

/** Base64url of so many bytes, in its one canonical form. */
export const bytes = (most: number, least = 0): z.ZodString =>
  z
    .string()
    .min(Math.ceil((least * 4) / 3))
    .max(Math.ceil((most * 4) / 3))
    .regex(/^[\w-]+$/)
    .refine((text) => Buffer.from(text, 'base64url').toString('base64url') === text)

/** The id of a credential. */
export const credentialId = bytes(LONGEST_ID)

/** The id of a new credential. */
export const newCredentialId = bytes(LONGEST_ID, SHORTEST_ID)

/** What a browser says of a ceremony. */
export const clientDataJSON = bytes(LONGEST_CLIENT_DATA)
