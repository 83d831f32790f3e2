/** Apps and pages of other sites: the same store with tokens in place of cookies. */
export { createBearerAuth, createNativeAuth } from './lib/native/native-auth.ts'
export type { BearerAuthOptions, NativeAuthOptions } from './lib/native/native-auth.ts'
export type { OnResume } from './lib/native/app-runtime.ts'
export { capacitorStorage, expoStorage, memoryStorage } from './lib/native/token-storage.ts'
export type {
  CapacitorSecureStorage,
  ExpoSecureStore,
  TokenStorage,
} from './lib/native/token-storage.ts'
