import type { Reply, Result } from '../calls/results.ts'
import type { StepUps } from '../calls/step-ups.ts'
import type { Entry } from '../state/exchange.ts'
import type { Page } from '../state/page.ts'
import type { AuthState } from '../state/states.ts'

/** A call of the service. */
export type Call = Parameters<Page['send']>[0]

/** The functions of the page that the acts use. */
export interface ActContext {
  readonly page: Page
  readonly failed: (reply: Reply) => Result<never>
  readonly signOut: () => Promise<Result>
  readonly stepUps: StepUps
  /** Makes a call that may open a session. */
  readonly enter: (call: Call) => Promise<Entry>
  /** Adopts the session that such a call has opened. */
  readonly entered: (entry: Entry) => Result<{ readonly state: AuthState }>
}
