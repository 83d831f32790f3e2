/** What verifies the answers of passkeys: it is loaded with its library when the first one comes. */
export { checkPasskey } from './check.ts'
export { checkRegistration } from './register.ts'
export { verifyAssertion } from './verify-assertion.ts'
