import * as z from 'zod'
import type { FactorProof } from '../../model/sign-in/factor-proof.ts'
import { anyText } from './members.ts'

/** The answer of an authenticator, as the browser's `toJSON()` makes it; its flow checks the form. */
export const passkeyResponse = z.record(z.string(), z.json())

/** Members of which a body has exactly one. */
export const factorProof = {
  totp: anyText(40, 'code', 'The code is empty: enter the one that the app shows.').optional(),
  recoveryCode: anyText(40, 'recovery code', 'The recovery code is empty: enter one.').optional(),
  passkey: passkeyResponse.optional(),
}

interface Given {
  readonly totp?: string | undefined
  readonly recoveryCode?: string | undefined
  readonly passkey?: Readonly<Record<string, unknown>> | undefined
}

/** Requires exactly one of these members. */
export function hasOneFactor({ totp, recoveryCode, passkey }: Given): boolean {
  return [totp, recoveryCode, passkey].filter((member) => member !== undefined).length === 1
}

/** The message of a body that has none of them, or several. */
export const oneFactor = {
  path: ['totp'],
  message: 'Send one second factor: totp, recoveryCode or passkey.',
}

/** The second factor of a body that has one. */
export function factorOf({ totp, recoveryCode, passkey }: Given): FactorProof {
  if (totp !== undefined) return { totp }
  return recoveryCode === undefined ? { passkey: passkey ?? {} } : { recoveryCode }
}
