/** Who is signed in, for a page: one store, no framework, no credential in reach of script. */
export { createAuth } from './lib/create-auth.ts'
export type { Auth, AuthOptions, SignIn, SignUp } from './lib/create-auth.ts'
export type { AuthError, Result } from './lib/result.ts'
export { browserRuntime } from './lib/runtime.ts'
export type { PageEvent, Runtime, StreamEvent } from './lib/runtime.ts'
export type { AuthState } from './lib/state.ts'
export type { AuthEvents } from './lib/store.ts'
export { returnTarget } from './lib/return-target.ts'
