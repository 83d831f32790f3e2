import type { SigningAlgorithm } from '@keyhaven/core'
import type { Revocations, TokenResult } from '@keyhaven/guard'
import type { Logger } from 'pino'
import type { Database } from '../database/database.ts'
import type { RateLimits } from '../database/rate-limits.ts'
import type { Actor } from '../events/record.ts'
import type { Application } from '../model/application.ts'
import type { AuditChain } from './audit/open.ts'
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

/** How new keys are made. */
export interface Signing {
  readonly box: KeyBox
  readonly alg: SigningAlgorithm
}

/** A session that is to end, and who asks for it. */
export interface SignOut {
  readonly sessionId: string
  readonly actor: Actor
  /** Whether credentials that are still good named it: then its tokens end though the database has lost it. */
  readonly proved?: boolean
}

/** Signs out: the session and every token of it are refused from the moment this answers. */
export type EndSession = (signOut: SignOut) => Promise<boolean>

/** The keys of this installation, and how new ones are made. */
export interface ContextKeys extends Keys {
  /** What a rotation needs. */
  readonly signing: Signing
}

/** What is revoked: the copy that counts at once, and how it is changed and kept up. */
export interface RevocationParts {
  /** This process's copy of the revocations: what counts at once. */
  readonly copy: Revocations
  /** What this process has acknowledged and not read in the log yet. */
  readonly unread: UnreadEntries<Revocation>
  /** Ends one session; those that come at once share a transaction. */
  readonly end: EndSession
  /** Reads the log and takes over what is new. */
  readonly follow: Follow
}

/** Who listens in this process: pages, guards, and what guards report. */
export interface Listeners {
  readonly pages: PageListeners
  readonly guards: GuardListeners
  readonly reports: GuardReports
  readonly guardKeys: GuardKeys
}

/** What flows use beside the database. */
export interface Tools {
  readonly application: Application
  /** How writes to it go. */
  readonly writes: WriteWatch
  readonly audit: AuditChain
  readonly passwords: Passwords
  readonly limits: RateLimits
  readonly clock: Clock
  /** Checks one token of ours, revocations included. */
  readonly checkToken: (token: string) => TokenResult
  readonly metrics: Metrics
  readonly log: Logger
}

/** Everything that flows are given; each names the few that it needs. */
export interface Context {
  readonly settings: FlowSettings
  readonly database: Database
  readonly keys: ContextKeys
  readonly revocations: RevocationParts
  readonly listeners: Listeners
  readonly tools: Tools
}

/** Members of one group: `ContextPart<'tools', 'clock' | 'log'>`. */
export type ContextPart<G extends keyof Context, K extends keyof Context[G]> = {
  readonly [name in G]: Pick<Context[G], K>
}
