import { hash } from 'node:crypto'
import * as z from 'zod'
import { isPasskeyOrigin } from '../../../config/factors/factor-settings.ts'
import type { FactorSettings } from '../../../config/factors/factor-settings.ts'
import { equalSecrets } from '../../../secrets/hashes/hash.ts'

/** What a browser says of a ceremony; it may have other members. */
const clientData = z.object({
  type: z.string(),
  challenge: z.string(),
  origin: z.string(),
  crossOrigin: z.literal(false).optional(),
  topOrigin: z.undefined().optional(),
})

/** The ceremony that was begun. */
export interface Ceremony {
  readonly type: 'webauthn.create' | 'webauthn.get'
  readonly challenge: string
}

/**
 * The origin of the page in which a ceremony took place, if it is this ceremony, and a page of this
 * service: not one in a frame of another site (WA-1). Else `undefined`.
 */
export function ownOrigin(
  factors: FactorSettings,
  clientDataJSON: string,
  { type, challenge }: Ceremony,
): string | undefined {
  const data = parse(clientDataJSON)
  const isRight = data?.type === type && equalSecrets(data.challenge, challenge)
  return isRight && isPasskeyOrigin(factors, data.origin) ? data.origin : undefined
}

function parse(clientDataJSON: string): z.infer<typeof clientData> | undefined {
  try {
    return clientData.safeParse(JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString()))
      .data
  } catch {
    return undefined
  }
}

/** Whether the data of an authenticator, base64url, is for the domain of this service. */
export function isForDomain({ rpId }: FactorSettings, authenticatorData: string): boolean {
  const own = hash('sha256', rpId, 'buffer')
  return Buffer.from(authenticatorData, 'base64url').subarray(0, 32).equals(own)
}
