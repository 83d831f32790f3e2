/** Passkeys: code that a page loads for the forms that use them. */
import type { Auth } from './lib/auth.ts'
import type { Passkeys } from './lib/passkeys/passkeys.ts'
export type { Passkeys, Registration } from './lib/passkeys/passkeys.ts'

/** The passkeys of a page's store. No method throws: what the browser refuses is a result too. */
export declare function passkeys(auth: Auth): Passkeys
