import * as z from 'zod'
import { shape } from '../../http/answers/shape.ts'
import { factorOf } from '../../http/bodies/factor-proof.ts'
import type { FactorProof } from '../../model/sign-in/factor-proof.ts'
import { LONGEST_LOGIN, anyText } from '../../http/bodies/members.ts'

/** An answer without members. */
export const nothing = shape(() => z.strictObject({}))

/** The address that a mail is requested for. The flow checks all but the shape. */
export const email = anyText(
  LONGEST_LOGIN,
  'e-mail address',
  'The e-mail address is missing: write one like name@example.com.',
)

/** The address that an account has now. */
export const changed = shape(() => z.strictObject({ email: z.string() }))

/** The token of a link. */
export const token = anyText(100, 'token', 'The token is empty: send that of the link.')

/** The token of a link, or the code beside it. */
export const proof = {
  token: token.optional(),
  code: anyText(40, 'code', 'The code is empty: write the one in the mail.').optional(),
}

/** Requires one of the two. */
export function hasOneProof(body: {
  readonly token?: string | undefined
  readonly code?: string | undefined
}): boolean {
  return (body.token === undefined) !== (body.code === undefined)
}

/** The message of a body that has none of them, or both. */
export const oneProof = {
  path: ['token'],
  message: 'Send the token of the link, or the code in the mail: one of the two.',
}

/** The proof of a body that has one. */
export function proofOf({
  token,
  code,
}: {
  readonly token?: string | undefined
  readonly code?: string | undefined
}): { readonly token: string } | { readonly code: string } {
  return token === undefined ? { code: code ?? '' } : { token }
}

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
