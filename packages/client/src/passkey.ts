/** Passkeys: code that a page loads for the forms that use them. */
import type { Inner } from './lib/account/act-tools.ts'
import type { Auth } from './lib/auth.ts'
import type { Result } from './lib/calls/results.ts'
import { isSupported } from './lib/passkeys/is-supported.ts'
import { passkeyActs } from './lib/passkeys/passkey-acts.ts'
import type { PasskeyActs } from './lib/passkeys/passkey-acts.ts'
import type { Passkeys } from './lib/passkeys/passkeys.ts'
export type { Passkeys, Registration } from './lib/passkeys/passkeys.ts'

/** The passkeys of a page's store. No method throws: what the browser refuses is a result too. */
export function passkeys(auth: Auth): Passkeys {
  // Every store has it, and no public type
  const { extend } = auth as Auth & Inner
  const run = <T>(work: (acts: PasskeyActs) => Promise<Result<T>>): Promise<Result<T>> =>
    extend((tools) => work(passkeyActs(tools)))
  return {
    isSupported,
    register: (registration) => run(({ register }) => register(registration)),
    signIn: (begin) => run(({ signIn }) => signIn(begin)),
    autofill: (begin) => run(({ autofill }) => autofill(begin)),
    completeSignIn: () => run(({ completeSignIn }) => completeSignIn()),
    enrol: (enrolment) => run(({ enrol }) => enrol(enrolment)),
    stepUp: () => run(({ stepUp }) => stepUp()),
    denySignIn: (denial) => run(({ denySignIn }) => denySignIn(denial)),
    undoEmailChange: (undo) => run(({ undoEmailChange }) => undoEmailChange(undo)),
    rename: (change) => auth.factors.rename(change),
    remove: (factor) => auth.factors.remove(factor),
  }
}
