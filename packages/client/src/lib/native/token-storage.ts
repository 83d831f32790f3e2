/**
 * A small store of texts in an app, which must be the key store of the device: the Keychain of iOS, or a store whose
 * key is in the Keystore of Android. The storage of a web view is a plain file in the app's folder and in its backups,
 * which every script of the page can read.
 */
export interface TokenStorage {
  /** The text under a key; `null` if there is none. It rejects if the store can't be read, for example while locked. */
  readonly get: (key: string) => Promise<string | null>
  readonly set: (key: string, value: string) => Promise<void>
  readonly remove: (key: string) => Promise<void>
}

/** The methods of `SecureStorage` of `@aparajita/capacitor-secure-storage` that the adapter calls. */
export interface CapacitorSecureStorage {
  getItem(key: string): Promise<string | null>
  setItem(key: string, value: string): Promise<void>
  removeItem(key: string): Promise<void>
}

/** The functions of `expo-secure-store` that the adapter calls. */
export interface ExpoSecureStore {
  getItemAsync(key: string): Promise<string | null>
  setItemAsync(key: string, value: string): Promise<void>
  deleteItemAsync(key: string): Promise<void>
}

/** Stores in the key store of a Capacitor app. */
export function capacitorStorage(plugin: CapacitorSecureStorage): TokenStorage {
  return {
    get: (key) => plugin.getItem(key),
    set: (key, value) => plugin.setItem(key, value),
    remove: (key) => plugin.removeItem(key),
  }
}

/** Stores in the key store of a React Native app with Expo. */
export function expoStorage(store: ExpoSecureStore): TokenStorage {
  return {
    get: (key) => store.getItemAsync(key),
    set: (key, value) => store.setItemAsync(key, value),
    remove: (key) => store.deleteItemAsync(key),
  }
}

/** Stores in memory, for tests: a restart forgets it. */
export function memoryStorage(): TokenStorage {
  const values = new Map<string, string>()
  return {
    get: (key) => Promise.resolve(values.get(key) ?? null),
    set: (key, value) => {
      values.set(key, value)
      return Promise.resolve()
    },
    remove: (key) => {
      values.delete(key)
      return Promise.resolve()
    },
  }
}
