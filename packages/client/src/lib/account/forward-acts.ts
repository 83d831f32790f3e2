import type { AccountActs, ApiKeyActs, FactorActs } from './account-acts.ts'
import type { Inner } from './act-tools.ts'
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
  completeSignIn: 0,
  enrolTotp: 0,
  confirmEnrolledTotp: 0,
  signInByMail: 0,
  confirmSignIn: 0,
  signInWithPasskey: 0,
  ticketUrl: 0,
  eventSource: 0,
  webSocket: 0,
  extend: 0,
} satisfies Record<Exclude<keyof InnerActs, 'factors' | 'apiKeys'>, 0>)

const ofFactors = Object.keys({
  list: 0,
  addTotp: 0,
  confirmTotp: 0,
  rename: 0,
  remove: 0,
  renewRecoveryCodes: 0,
} satisfies Record<keyof FactorActs, 0>)

const ofApiKeys = Object.keys({
  list: 0,
  create: 0,
  remove: 0,
} satisfies Record<keyof ApiKeyActs, 0>)

/** All acts, and those of the package's other entry points. */
export type InnerActs = AccountActs & Inner

/** Runs one act on the acts, once they are there. */
type Run = <T>(act: (acts: InnerActs) => Promise<Result<T>>) => Promise<Result<T>>

type Forwarded = Readonly<Record<string, (...input: unknown[]) => Promise<Result>>>

/** Acts that pass each call on. */
export function forwardActs(run: Run): InnerActs {
  const forward = (list: readonly string[], of: (acts: InnerActs) => object): Forwarded =>
    Object.fromEntries(
      list.map((name) => [
        name,
        (...input) => run((acts) => (of(acts) as Forwarded)[name]?.(...input) as Promise<Result>),
      ]),
    )
  return {
    ...forward(names, (acts) => acts),
    factors: forward(ofFactors, ({ factors }) => factors),
    apiKeys: forward(ofApiKeys, ({ apiKeys }) => apiKeys),
  } as unknown as InnerActs
}
