/** Who is signed in, for a page: one store, no framework, no credential in reach of script. */
export { createAuth } from './lib/create-auth.ts'
export type {
  AccountActs,
  Auth,
  AuthOptions,
  PasswordChange,
  ProfileChange,
  SignIn,
  SignUp,
} from './lib/auth.ts'
export type { AuthError, Result } from './lib/calls/results.ts'
export { browserRuntime } from './lib/runtime.ts'
export type { PageEvent, Runtime, StreamEvent } from './lib/runtime.ts'
export type { AuthEvents } from './lib/state/events.ts'
export type { AuthState } from './lib/state/states.ts'
export { returnTarget } from './lib/router/return-target.ts'
