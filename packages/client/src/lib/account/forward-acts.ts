import type { AccountActs } from './account-acts.ts'
import type { Result } from '../calls/results.ts'

/** Every act. The type of the list makes a forgotten one an error. */
const names = Object.keys({
  sessions: 0,
  endSession: 0,
  stepUp: 0,
  changePassword: 0,
  updateProfile: 0,
  changeEmail: 0,
  confirmEmailChange: 0,
  undoEmailChange: 0,
  exportAccount: 0,
  eraseAccount: 0,
  undoErasure: 0,
  devices: 0,
  forgetDevice: 0,
  denySignIn: 0,
  confirmEmail: 0,
  requestConfirmation: 0,
  requestPasswordReset: 0,
  resetPassword: 0,
} satisfies Record<keyof AccountActs, 0>) as (keyof AccountActs)[]

/** Runs one act on the acts, once they are there. */
type Run = <T>(act: (acts: AccountActs) => Promise<Result<T>>) => Promise<Result<T>>

/** Acts that pass each call on. */
export function forwardActs(run: Run): AccountActs {
  const forward = (name: keyof AccountActs) => (input: unknown) =>
    run((acts) => (acts[name] as (given: unknown) => Promise<Result>)(input))
  return Object.fromEntries(names.map((name) => [name, forward(name)])) as unknown as AccountActs
}
