/** The store of a page: who is signed in. Without a framework, and with no credential that a script can read. */
export { createAuth } from './lib/create-auth.ts'
export type {
  AccessActs,
  AccountActs,
  AddressActs,
  ApiKeyActs,
  DeviceActs,
  EmailConfirmation,
  EmailUndo,
  Enrolment,
  FactorActs,
  LinkProof,
  MailedSignIn,
  PasskeySignIn,
  PasswordChange,
  PasswordReset,
  PersonActs,
  ProfileChange,
  RecoveryActs,
  SecondFactor,
  SessionActs,
  SignInActs,
  SignInDenial,
  StepUp,
  TotpConfirmation,
  Undone,
  WantedApiKey,
} from './lib/account/account-acts.ts'
export type { Auth, AuthOptions, SignIn, SignUp } from './lib/auth.ts'
export type { AuthError, PasskeyCode, Result } from './lib/calls/results.ts'
export { passwordProblems } from './lib/password-problems.ts'
export type { PasswordProblem, PasswordRules } from './lib/password-problems.ts'
export { browserRuntime } from './lib/runtime.ts'
export type { PageEvent, Runtime, StreamEvent } from './lib/runtime.ts'
export type { AuthEvents } from './lib/state/events.ts'
export type { AuthState } from './lib/state/states.ts'
export type {
  AuthEventSource,
  AuthSocket,
  OpenStream,
  SocketOptions,
  StreamActs,
  StreamOptions,
} from './lib/streams/open-stream.ts'
export { returnTarget } from './lib/router/return-target.ts'
