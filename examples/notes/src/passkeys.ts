import { passkeys } from '@keyhaven/client/passkey'
import { auth } from './auth.ts'

/** The page's passkeys. */
export const passkey = passkeys(auth)
