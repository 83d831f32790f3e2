import type { FetchAs } from '../calls/fetch.ts'
import type { Reply, Result } from '../calls/results.ts'
import type { StepUps } from '../calls/step-ups.ts'
import type { Entry } from '../state/exchange.ts'
import type { Runtime } from '../runtime.ts'
import type { Listeners } from '../state/listeners.ts'
import type { Page } from '../state/page.ts'
import type { AuthState } from '../state/states.ts'

/** A call of the service. */
export type Call = Parameters<Page['send']>[0]

/** What streams use of the page beside its calls. */
export interface StreamContext {
  readonly runtime: Runtime
  readonly service: URL
  readonly listeners: Listeners
  readonly fetch: FetchAs
  /** Reads what Keyhaven has answered. */
  readonly replyIn: (response: () => Response) => Promise<Reply>
  /** Whether credentials may go to the origin of an address. */
  readonly isOurs: (address: URL) => boolean
}

/** The functions of the page that the acts use. */
export interface ActContext {
  readonly page: Page
  readonly failed: (reply: Reply) => Result<never>
  readonly signOut: () => Promise<Result>
  readonly stepUps: StepUps
  readonly streams: StreamContext
  /** Makes a call that may open a session. */
  readonly enter: (call: Call) => Promise<Entry>
  /** Adopts the session that such a call has opened. */
  readonly entered: (entry: Entry) => Result<{ readonly state: AuthState }>
}
