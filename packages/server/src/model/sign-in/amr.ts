const all = ['pwd', 'otp', 'mail', 'pop', 'user', 'recovery'] as const

/** A way in which a user has proved their identity (RFC 8176, and `mail`, `recovery`). */
export type Method = (typeof all)[number]

/** Methods that are a second factor. */
const factors: ReadonlySet<string> = new Set<Method>(['otp', 'pop', 'user', 'recovery'])

/** Whether a second factor is among these methods, or those of an `amr`. */
export function hasFactor(methods: readonly string[]): boolean {
  return methods.some((method) => factors.has(method))
}

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

/**
 * The `amr` of a session after another proof. A password proves again who the user is only if the account has
 * no second factor: one that was proved before is gone then, and no longer counts.
 */
export function amrAfter(former: readonly string[], methods: readonly Method[]): readonly string[] {
  const known = all.filter((method) => former.includes(method))
  const kept = hasFactor(methods) ? known : known.filter((method) => !factors.has(method))
  return amrOf([...kept, ...methods])
}
