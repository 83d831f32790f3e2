import type { Runtime } from '../runtime.ts'
import { printOnce } from '../calls/print-once.ts'
import type { TokenStorage } from './token-storage.ts'

/** Milliseconds that a storage has for one operation. */
const TIME_OUT = 5000

/** Most characters of a text: some stores take no more than 2,048 bytes. */
const LONGEST = 2000

/** Most sign-outs that are stored until the service has answered them. */
const MOST_LEFT = 5

/** The secrets of an app, stored under one key. */
export interface Kept {
  /** The refresh token of the current session. */
  readonly refresh?: string | undefined
  /** Refresh tokens of sessions that were left, and that the service has not ended yet. */
  readonly left: readonly string[]
  /** What a sign-in that has begun goes on with. */
  readonly attempt?: string | undefined
}

/** The user that an app shows before the service has answered. It has no token. */
export type Profile = Readonly<Record<'account' | 'claims' | 'scope' | 'roles', unknown>>

/** The storage of one app and service. Every method works after the ones before. */
export interface Vault {
  /** @throws The error of the storage: what is stored is not known then. */
  readonly read: () => Promise<Kept>
  /** Stores an edited copy. A storage that fails is reported once, and resolves with `false`. */
  readonly edit: (change: (kept: Kept) => Kept) => Promise<boolean>
  readonly readProfile: () => Promise<Profile | undefined>
  /** Stores the profile, or removes it. A profile that is too long is not stored. */
  readonly writeProfile: (profile: Profile | undefined) => Promise<void>
}

const nothing: Kept = { left: [] }

/** Creates the vault of a service in a storage. */
export function createVault(
  storage: TokenStorage,
  runtime: Pick<Runtime, 'after'>,
  service: URL,
): Vault {
  // Letters, digits, dots, dashes and low lines are allowed as a key in every store
  const name = (service.host + service.pathname).replace(/[^\w.-]+/g, '_')
  const [secrets, profile] = [`keyhaven.session.${name}`, `keyhaven.profile.${name}`]
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work)
    last = mine.catch(() => {})
    return mine
  }
  const limited = <T>(work: () => Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      const stop = runtime.after(TIME_OUT, () => reject(new Error('The storage did not answer.')))
      // A plugin may throw before it returns a promise
      void Promise.resolve().then(work).then(resolve, reject).finally(stop)
    })
  const write = async (key: string, value: string | undefined): Promise<boolean> => {
    try {
      await limited(() => (value === undefined ? storage.remove(key) : storage.set(key, value)))
      return true
    } catch (error) {
      printOnce('error', 'Keyhaven: the storage of the app failed:', error)
      // An old token must not stay: its second use would end the session as one of a thief
      if (value !== undefined) await limited(() => storage.remove(key)).catch(() => {})
      return false
    }
  }
  const read = async (): Promise<Kept> => keptIn(await limited(() => storage.get(secrets)))
  return {
    read: () => inTurn(read),
    edit: (change) =>
      inTurn(async () => {
        const kept = change(await read().catch(() => nothing))
        const text = JSON.stringify({ ...kept, left: kept.left.slice(-MOST_LEFT) })
        const isEmpty = !kept.refresh && !kept.attempt && !kept.left.length
        return write(secrets, isEmpty ? undefined : text)
      }),
    readProfile: () =>
      inTurn(async () => profileIn(await limited(() => storage.get(profile)).catch(() => null))),
    writeProfile: (view) =>
      inTurn(async () => {
        const text = view && JSON.stringify(view)
        await write(profile, text && text.length > LONGEST ? undefined : text)
      }),
  }
}

function keptIn(text: string | null): Kept {
  const { refresh, left, attempt } = (membersOf(text) ?? {}) as Partial<Kept>
  return {
    refresh: typeof refresh === 'string' ? refresh : undefined,
    left: Array.isArray(left) ? left.filter((one) => typeof one === 'string') : [],
    attempt: typeof attempt === 'string' ? attempt : undefined,
  }
}

function profileIn(text: string | null): Profile | undefined {
  const profile = membersOf(text) as Partial<Profile> | undefined
  return profile?.account && Array.isArray(profile.scope) && Array.isArray(profile.roles)
    ? (profile as Profile)
    : undefined
}

/** The members of a stored object; `undefined` for any other text, which another version or a fault has left. */
function membersOf(text: string | null): object | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '')
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}
