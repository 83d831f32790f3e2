import * as z from 'zod'
import { shape } from '../../http/answers/shape.ts'
import { time } from '../../http/answers/shapes.ts'
import { line } from '../../http/bodies/members.ts'

/** The name of a passkey. */
export const passkeyName = line(100, 'name', 'The name is empty: write one.')

/** A factor of the caller. */
export const factorAnswer = shape(() =>
  z.strictObject({
    id: z.string(),
    kind: z.enum(['totp', 'passkey']),
    name: z.string().nullable(),
    passkeyId: z.string().optional(),
    createdAt: time(),
    lastUsedAt: time().nullable(),
  }),
)

/** All factors of the caller. */
export const factorsAnswer = shape(() =>
  z.strictObject({
    items: z.array(factorAnswer()),
    recoveryCodes: z.int(),
    passkeys: z.strictObject({ rpId: z.string(), userId: z.string() }),
  }),
)

/** A new factor, with recovery codes if it is the first. */
export const addedFactorAnswer = shape(() =>
  factorAnswer().extend({ recoveryCodes: z.array(z.string()).optional() }),
)

/** An authenticator app that is being set up. */
export const totpAnswer = shape(() =>
  z.strictObject({ id: z.string(), secret: z.string(), uri: z.string(), qr: z.string() }),
)

/** Recovery codes, if the factor is the first. */
export const recoveryCodesAnswer = shape(() =>
  z.strictObject({ recoveryCodes: z.array(z.string()).optional() }),
)
