import type { SigningAlgorithm } from '@keyhaven/core'
import type { Revocations, TokenResult } from '@keyhaven/guard/kit'
import type { Logger } from '../telemetry/logger.ts'
import type { Database } from '../database/database.ts'
import type { RateLimits } from '../database/rate-limits.ts'
import type { Actor } from '../events/happened.ts'
import type { Application } from '../model/application.ts'
import type { AuditChain } from './audit/open.ts'
import type { Mailbox } from '../mail/mailbox.ts'
import type { MailQueue } from './delivery/mail-queue.ts'
import type { Exchange } from './exchange/open.ts'
import type { ErasureList } from './personal-data/erasure-list.ts'
import type { Outbox } from './delivery/outbox.ts'
import type { UnknownKeys } from './api-keys/unknown-keys.ts'
import type { BreachCheck } from './passwords/breach-check.ts'
import type { CredentialKinds } from './credentials/kinds.ts'
import type { KeyBox } from '../secrets/key-box.ts'
import type { PageListeners } from '../feed/page-listeners.ts'
import type { Clock } from '../feed/clock.ts'
import type { Follow } from '../feed/follow.ts'
import type { GuardKeys } from '../feed/guard-keys.ts'
import type { GuardReports } from '../feed/guard-reports.ts'
import type { GuardListeners } from '../feed/guard-listeners.ts'
import type { Passwords } from '../secrets/hashes/passwords.ts'
import type { UnreadEntries } from '../feed/unread-entries.ts'
import type { Revocation } from '../stores/revocations.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { WriteWatch } from '../telemetry/write-watch.ts'
import type { FlowSettings } from '../model/flow-settings.ts'
import type { Keys } from '../model/keys.ts'

/** Makes new keys. */
export interface Signing {
  readonly box: KeyBox
  readonly alg: SigningAlgorithm
}

/** A session to be ended, and the actor. */
export interface SignOut {
  readonly sessionId: string
  readonly actor: Actor
  /**
   * Whether valid credentials named it. Then its tokens end even if the database has lost the
   * session.
   */
  readonly proved?: boolean
}

/** Signs out: the session and all its tokens are refused from the moment this resolves. */
export type EndSession = (signOut: SignOut) => Promise<boolean>

/** The keys of this installation, and what a rotation needs. */
export interface ContextKeys extends Keys {
  /** How new keys are made. */
  readonly signing: Signing
  /** The key with which tests open sessions in development; `undefined` without KEYHAVEN_TESTING. */
  readonly testing: string | undefined
}

/** The revocations: the copy that is checked, and how it is changed and updated. */
export interface RevocationParts {
  /** This process's copy of the revocations, which every check uses. */
  readonly copy: Revocations
  /** Entries that this process has acknowledged and not yet read in the log. */
  readonly unread: UnreadEntries<Revocation>
  /** Ends one session; simultaneous calls share a transaction. */
  readonly end: EndSession
  /** Reads the log and applies new entries. */
  readonly follow: Follow
}

/** What is connected to this process: pages and guards, and the reports of guards. */
export interface Listeners {
  readonly pages: PageListeners
  readonly guards: GuardListeners
  readonly reports: GuardReports
  readonly guardKeys: GuardKeys
}

/** The mails of this process. */
export interface MailParts {
  /** Whether flows queue mails, which this process or another one sends. */
  readonly isQueued: boolean
  /** `undefined` if this process sends none. */
  readonly queue: MailQueue | undefined
  /** The mailbox of development. */
  readonly mailbox: Mailbox | undefined
}

/** What flows use besides the database. */
export interface Tools {
  readonly application: Application
  /** How recent writes to the database went. */
  readonly writes: WriteWatch
  readonly audit: AuditChain
  readonly outbox: Outbox
  readonly erasures: ErasureList
  readonly mail: MailParts
  readonly passwords: Passwords & BreachCheck
  readonly limits: RateLimits & KeyLimits
  readonly clock: Clock
  /** Checks a token of this service, including revocations. */
  readonly checkToken: (token: string) => TokenResult
  readonly metrics: Metrics
  readonly log: Logger
}

/** Limits that each process counts in its memory. */
interface KeyLimits {
  readonly unknownKeys: UnknownKeys
}

/** Everything that flows are given; each flow names the parts that it needs. */
export interface Context {
  readonly settings: FlowSettings
  readonly database: Database
  readonly keys: ContextKeys
  /** Every kind of credential, registered when the context is built. */
  readonly kinds: CredentialKinds
  readonly revocations: RevocationParts
  readonly listeners: Listeners
  readonly exchange: Exchange
  readonly tools: Tools
}

/** Members of one group: `ContextPart<'tools', 'clock' | 'log'>`. */
export type ContextPart<G extends keyof Context, K extends keyof Context[G]> = {
  readonly [name in G]: Pick<Context[G], K>
}
