import type { AuthError, PasskeyCode, Result } from '../calls/results.ts'

const sentences: Readonly<Record<PasskeyCode, string>> = {
  passkey_cancelled: 'No passkey was used. Try again, or use another way.',
  passkey_replaced: 'This page has closed the passkey dialog. Try again.',
  passkey_exists: 'This device already has a passkey for your account. Use that one.',
  passkey_unsupported: 'This browser or device can’t use passkeys here. Use another way.',
  passkey_elsewhere: 'Passkeys don’t work at this address. Use another way.',
  passkey_failed: 'The passkey could not be used. Try again, or use another way.',
}

/** Codes by the name of the browser's exception (WebAuthn §5.1.3, §5.1.4). */
const codes: Readonly<Record<string, PasskeyCode>> = {
  NotAllowedError: 'passkey_cancelled',
  AbortError: 'passkey_replaced',
  InvalidStateError: 'passkey_exists',
  SecurityError: 'passkey_elsewhere',
  NotSupportedError: 'passkey_unsupported',
  ConstraintError: 'passkey_unsupported',
}

/** A refusal of the browser, as a result. */
export interface BrowserRefusal {
  readonly ok: false
  readonly error: AuthError
}

/** The result for a ceremony that the browser has not completed. */
export function refused(code: PasskeyCode): BrowserRefusal {
  return { ok: false, error: { code, status: 0, detail: sentences[code], errors: [] } }
}

/** The result for an exception of the browser. */
export function refusalOf(exception: unknown): BrowserRefusal {
  const { name = '' } = Object(exception) as { readonly name?: string }
  return refused(codes[name] ?? 'passkey_failed')
}

/** Whether a result is a refusal with this code. */
export function isRefused(result: Result, code: AuthError['code']): boolean {
  return !result.ok && result.error.code === code
}
