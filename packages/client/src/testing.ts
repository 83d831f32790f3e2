/** Signed-in people for the tests of an app, from a development service with KEYHAVEN_TESTING=on. Runs in Node. */
export { cypressSession } from './lib/testing/cypress.ts'
export type { CypressCookie, CypressSession } from './lib/testing/cypress.ts'
export { signInAs } from './lib/testing/sign-in-as.ts'
export type { CookieContext, TestPage } from './lib/testing/sign-in-as.ts'
export { testSession } from './lib/testing/test-session.ts'
export type { TestCookie } from './lib/testing/cookies.ts'
export type { TestSession } from './lib/testing/test-session.ts'
export type { TestSessionOptions } from './lib/testing/options.ts'
