/** A way in which a user has proved their identity (RFC 8176, and `mail`, `recovery`). */
export type Method = 'pwd' | 'otp' | 'mail' | 'pop' | 'user' | 'recovery'

/** What each kind of proof stands on; `mail` never counts as one of two (H17). */
const grounds: Partial<Record<Method, 'knows' | 'has'>> = {
  pwd: 'knows',
  otp: 'has',
  pop: 'has',
  recovery: 'has',
}

/**
 * The `amr` of a token: the methods, and `mfa` beside two kinds of proof or a passkey whose device has
 * verified its user.
 */
export function amrOf(methods: readonly Method[]): readonly string[] {
  const used = [...new Set(methods)]
  const kinds = new Set(used.flatMap((method) => grounds[method] ?? []))
  const isMultiple = kinds.size > 1 || used.includes('user')
  return isMultiple ? [...used, 'mfa'] : used
}
