import type { GuardOptions } from '../model/guard-options.ts'
import type { AnyAccess, ClaimsFor, ClaimsModule } from '@keyhaven/core/access'
import type { AccountView } from '@keyhaven/core/wire'
import type { Auth, GateOptions, Guard } from '@keyhaven/guard'
import type { ExpressGuard, Require } from '@keyhaven/guard/express'
import type { Logger } from '../telemetry/logger.ts'
import type { Options, Settings } from '../config/settings.ts'
import type { SendMail } from '../mail/message.ts'
import type { Hooks } from '../model/application.ts'
import type { EmbeddedAccounts } from './embedded-accounts.ts'
import type { Verified } from '../model/verified.ts'
import type { ClientConnection, FetchHandler } from '../http/hosts/handler.ts'
import type { Listener } from '../http/hosts/listener.ts'

/** Options of the service: the settings, and what only code can provide. */
export interface KeyhavenOptions<
  A extends AnyAccess = AnyAccess,
  C extends ClaimsModule = ClaimsModule,
  V = unknown,
> extends Omit<Options, 'access'> {
  /** The access module itself, or its path. */
  readonly access?: A | string
  /** The application's claims, made by `defineClaims`. */
  readonly claims?: C
  /** Returns the values of these claims for an account, whenever a token is issued. */
  readonly claimsFor?: ClaimsFor<C, V, AccountView>
  /** Functions of the application that run before and after sign-up and sign-in. */
  readonly hooks?: Hooks
  /** Variables to read; default: those of the process. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** The folder of `keyhaven.config.*`, and the base of relative paths. */
  readonly folder?: string
  /** `false` refuses to start on tables of an older version. */
  readonly migrate?: boolean
  /** Headers of your app's responses that pages of allowed origins may read, such as `['ETag']`. */
  readonly exposeHeaders?: readonly string[]
  /**
   * Who calls the methods of this object, for the audit log: a program, or a person at a command
   * line.
   */
  readonly operator?: string
  /**
   * Sends mails in place of SMTP, once or more often each. `elsewhere`: another process on this
   * database sends them.
   */
  readonly sendMail?: SendMail | 'elsewhere'
  readonly log?: Logger
  /**
   * Called with each start-up message, and with subject and links of each mail of the mailbox.
   * Default: `log` for messages, standard error for mails, and for both without a `log`.
   */
  readonly announce?: (line: string) => void
}

/** A running service inside this process. */
export interface Keyhaven<A extends AnyAccess = AnyAccess> {
  readonly issuer: string
  readonly settings: Settings
  /** A request listener for `node:http`. */
  readonly listener: Listener
  /**
   * A fetch-style handler, for any host that has requests and responses. Pass `{ address }` with
   * the client's address as second argument; without it the limits count all clients as one.
   */
  readonly handler: FetchHandler
  /** The guard in this process, for any adapter. */
  readonly guard: Guard<A>
  /** Express middleware that serves the mount path and guards the routes below it. */
  readonly express: (options?: GateOptions) => ExpressGuard<A>
  /** Express middleware that requires a scope on a route below the guard. */
  readonly require: Require<A>
  /**
   * The user who sends this request; `null` if there is none. Never throws. Pass `{ address }` with the client's
   * address as second argument; without it no API key that is limited to addresses is accepted.
   */
  readonly current: (request: Request, connection?: ClientConnection) => Promise<Auth<A> | null>
  readonly accounts: EmbeddedAccounts
  readonly sessions: { end(id: string): Promise<void> }
  readonly guards: {
    /** Makes a key for the feed of revocations. The returned key is shown only this once. */
    add(name: string, options?: GuardOptions): Promise<string>
    /** Removes a guard's key and ends its open feeds. */
    remove(name: string): Promise<void>
  }
  /** Verifies the chain of the audit log from a row on, and reports the first broken row. */
  readonly audit: { verify(from?: number): Promise<Verified> }
  /** Ends open event streams, so that a server can stop. */
  readonly endStreams: () => void
  close(): Promise<void>
}
