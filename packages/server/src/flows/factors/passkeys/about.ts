import * as z from 'zod'

/** Ways to an authenticator (WebAuthn §5.8.4). */
export const transport = z.enum(['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'])

/** What is known of a passkey beside its key, as its row stores it. */
const passkeyAbout = z.object({
  /** The domain that it belongs to. */
  rpId: z.string(),
  aaguid: z.string(),
  transports: z.array(transport),
  /** Whether it may be copied to other devices of its user; it never changes. */
  backupEligible: z.boolean(),
})

/** What is known of a passkey beside its key. */
export type PasskeyAbout = z.infer<typeof passkeyAbout>

/** Reads the column `about` of a passkey. */
export function aboutOf(about: string | null): PasskeyAbout {
  return passkeyAbout.parse(JSON.parse(about ?? ''))
}

/** The ways to a passkey, which help its browser to find it. */
export function transportsOf(about: string | null): PasskeyAbout['transports'] {
  return aboutOf(about).transports
}
