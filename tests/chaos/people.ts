import type { Answer } from './ask.ts'
import type { GuardedApi } from './fleet.ts'

/** What a browser holds. Where an answer was lost, `state` is `unknown`: it may be signed in or not. */
export interface Device {
  readonly person: Person
  readonly session: string
  readonly cookies: Map<string, string>
  readonly xsrf: string
  /** Every access token that it was given and that nothing has revoked. */
  tokens: string[]
  /** Those that the database may not know: they end with their session or account, and not one by one. */
  readonly unrecorded: Set<string>
  state: 'live' | 'unknown' | 'ended'
  /** Whether the database may have lost it, or its newest cookie. */
  isAtRisk: boolean
}

export interface Person {
  readonly email: string
  readonly account: string
  /** One, or two where the answer to a change was lost. */
  passwords: string[]
  readonly devices: Device[]
  /** `lost`: the database may have lost what is at risk. */
  state: 'active' | 'locking' | 'locked' | 'lost'
  /** What the database may lose: the account, or its newest password, which must be reset then. */
  atRisk: 'nothing' | 'password' | 'account'
}

/** A password that was changed. */
export interface Replaced {
  readonly email: string
  readonly password: string
}

/** A token that must be refused. */
export interface Dead {
  readonly token: string
  /** What took it, and when that was acknowledged, in milliseconds of this process. */
  readonly by: string
  readonly since: number
  /** Whether the database may have lost its end: then it counts when the process that gave the answer is back. */
  readonly isAtRisk: boolean
}

/** Everybody who uses the fleet, and what was acknowledged to them. */
export interface Crowd {
  readonly people: readonly Person[]
  readonly dead: readonly Dead[]
  readonly replaced: readonly Replaced[]
  /**
   * What becomes of what is acknowledged from now on. `at risk`: the database may lose it. `lost`: it has
   * been lost, so who signed in or up meanwhile may have to again; what was ended stays so in any case.
   */
  be(writes: Writes): void
  signUp(): Promise<Person | undefined>
  signIn(person: Person): Promise<Device | undefined>
  /** Asks the service who this is; its tokens may be renewed. `renew`: without the access cookie. */
  current(device: Device, how?: 'renew'): Promise<Answer | undefined>
  /** Calls an API as a page does: refused, it asks the service once, and calls again. */
  call(device: Device, guard: GuardedApi): Promise<void>
  signOut(device: Device): Promise<void>
  changePassword(device: Device): Promise<void>
  lock(person: Person): Promise<number | undefined>
  revoke(device: Device): Promise<void>
  /** Offers a dead token: it must be refused by whoever can have heard. */
  offer(dead: Dead, guard?: GuardedApi): Promise<void>
  /** Signs the administrator in. */
  begin(): Promise<void>
  /** A call of the administrator's. */
  asAdministrator(path: string, method?: string, body?: object): Promise<Answer | undefined>
}

export type Writes = 'kept' | 'at risk' | 'lost'
