/** Makes an API key that reads notes for an hour, and prints it: for script.ts. */
import { createNativeAuth, memoryStorage } from '@keyhaven/client/native'
import { editor, service } from './places.ts'

const auth = createNativeAuth({ url: service, storage: memoryStorage() })
const signedIn = await auth.signIn({ ...editor, device: 'make-key' })
if (!signedIn.ok) throw new Error(signedIn.error.detail)
const made = await auth.apiKeys.create({
  name: 'example script',
  scope: ['notes:read'],
  expiresIn: 3600,
})
if (!made.ok) throw new Error(made.error.detail)
console.log(made.apiKey.key)
// The key stays: it hangs on the account, not on this session
const signedOut = await auth.signOut()
if (!signedOut.ok) throw new Error(signedOut.error.detail)
