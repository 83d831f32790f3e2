import * as z from 'zod'
import { shape } from '../../http/answers/shape.ts'
import { factorOf } from '../../http/bodies/factor-proof.ts'
import type { FactorProof } from '../../model/sign-in/factor-proof.ts'

export { nothing } from '../../http/answers/shapes.ts'
export { email, hasOneProof, oneProof, proof, proofOf, token } from '../../http/bodies/proof.ts'

/** The address that an account has now. */
export const changed = shape(() => z.strictObject({ email: z.string() }))

/** Pauses the account of a user who has no second factor at hand. */
export const pause = z.boolean().optional()

/** What comes beside the token of a link that undoes or denies. */
type Choice = Parameters<typeof factorOf>[0] & {
  readonly pause?: boolean | undefined
  readonly everything?: boolean | undefined
}

/** Requires at most one second factor, and none with a pause. */
export function isOneChoice({ totp, recoveryCode, passkey, ...choice }: Choice): boolean {
  const factors = [totp, recoveryCode, passkey].filter((one) => one !== undefined).length
  return choice.pause ? factors === 0 && !choice.everything : factors <= 1
}

/** The message of a body that has several. */
export const oneChoice = {
  path: ['pause'],
  message: 'Send one second factor (totp, recoveryCode or passkey), or pause, or neither.',
}

/** The second factor of a body, if it has one, and whether it pauses. */
export function givenOf(body: Choice): {
  readonly proof: FactorProof | undefined
  readonly pause: boolean
} {
  const { totp, recoveryCode, passkey } = body
  const isGiven = [totp, recoveryCode, passkey].some((one) => one !== undefined)
  return { proof: isGiven ? factorOf(body) : undefined, pause: body.pause === true }
}
