import type { AnyAccess, ClaimsFor, ClaimsModule } from '@keyhaven/core/access'
import type { AccountView } from '@keyhaven/core/wire'
import type { Auth, GateOptions, Guard } from '@keyhaven/guard'
import type { ExpressGuard, Require } from '@keyhaven/guard/express'
import type { Logger } from 'pino'
import type { Options, Settings } from '../config/settings.ts'
import type { Hooks } from '../model/application.ts'
import type { EmbeddedAccounts } from './accounts.ts'
import type { Verified } from '../flows/audit/verify.ts'
import type { FetchHandler } from '../http/hosts/fetch-handler.ts'
import type { Listener } from '../http/hosts/node-listener.ts'

/** Options of the service, and what only code can say. */
export interface KeyhavenOptions<
  A extends AnyAccess = AnyAccess,
  C extends ClaimsModule = ClaimsModule,
  V = unknown,
> extends Omit<Options, 'access'> {
  /** The access module itself, or its path. */
  readonly access?: A | string
  /** The application's claims, made by `defineClaims`. */
  readonly claims?: C
  /** Gives their values for an account, whenever a token is issued. */
  readonly claimsFor?: ClaimsFor<C, V, AccountView>
  /** The application's own word at sign-up and sign-in. */
  readonly hooks?: Hooks
  /** Variables to read; the process's own where left out. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** Where `keyhaven.config.*` and relative paths are looked for. */
  readonly folder?: string
  /** `false` refuses to start on tables of an older version. */
  readonly migrate?: boolean
  /** Headers of your app's answers that pages of allowed origins may read, as `['ETag']`. */
  readonly exposeHeaders?: readonly string[]
  /** Who calls the doors of this object, for the audit log: a program, or a person at a command line. */
  readonly operator?: string
  readonly log?: Logger
  /** Hears how the service is set, sentence by sentence; standard error where no `log` is given either. */
  readonly announce?: (line: string) => void
}

/** A running service inside this process. */
export interface Keyhaven<A extends AnyAccess = AnyAccess> {
  readonly issuer: string
  readonly settings: Settings
  /** Answers for `node:http`. */
  readonly listener: Listener
  /**
   * Answers in fetch style, for any host that has requests and responses. Pass `{ address }` with the
   * client's address as second argument: without it the limits count all clients as one.
   */
  readonly handler: FetchHandler
  /** The guard in this process; any adapter takes it. */
  readonly guard: Guard<A>
  /** Express: serves the mount path, and guards what stands below it. */
  readonly express: (options?: GateOptions) => ExpressGuard<A>
  /** Express: asks for a scope on a route below the guard. */
  readonly require: Require<A>
  /** Who sends this request; `null` for nobody. Never throws. */
  readonly current: (request: Request) => Promise<Auth<A> | null>
  readonly accounts: EmbeddedAccounts
  readonly sessions: { end(id: string): Promise<void> }
  readonly guards: {
    /** Makes a key that opens the feed of revocations; the answer is shown this once. */
    add(name: string): Promise<string>
    /** Removes a guard's key; its open feeds end. */
    remove(name: string): Promise<void>
  }
  /** Follows the chain of the audit log, from a row on; the answer names the first place at which it is broken. */
  readonly audit: { verify(from?: number): Promise<Verified> }
  /** Ends open event streams, so that a server can stop listening. */
  readonly endStreams: () => void
  close(): Promise<void>
}
