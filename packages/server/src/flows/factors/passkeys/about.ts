import * as z from 'zod'

/** Ways to an authenticator (WebAuthn §5.8.4). */
const TRANSPORTS = ['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'] as const

/** What is known of a passkey beside its key, as its row stores it. */
const passkeyAbout = z.object({
  /** The domain that it belongs to. */
  rpId: z.string(),
  aaguid: z.string(),
  transports: z.array(z.enum(TRANSPORTS)),
  /** Whether it may be copied to other devices of its user; it never changes. */
  backupEligible: z.boolean(),
})

/** What is known of a passkey beside its key. */
export type PasskeyAbout = z.infer<typeof passkeyAbout>

/** Reads the column `about` of a passkey. */
export function aboutOf(about: string | null): PasskeyAbout {
  return passkeyAbout.parse(JSON.parse(about ?? ''))
}

/** Those ways to an authenticator that are known, of all that a browser reports. */
export function knownTransports(reported: readonly string[]): PasskeyAbout['transports'] {
  return TRANSPORTS.filter((transport) => reported.includes(transport))
}
