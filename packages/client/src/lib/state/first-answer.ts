import type { SessionView } from '@keyhaven/core/wire'
import { callService } from '../calls/call-service.ts'
import { refusalIn, viewIn } from '../calls/results.ts'
import type { Reply } from '../calls/results.ts'
import type { Runtime } from '../runtime.ts'
import { loading, offline, signedIn, signedOut } from './states.ts'
import type { AuthState } from './states.ts'

/** The knowledge of a page before its engine runs: the one boot call, and its reply. */
export interface FirstAnswer {
  readonly state: AuthState
  readonly view?: SessionView | undefined
  /** The boot call, if it was made. */
  readonly call?: Promise<Reply> | undefined
  /** Its reply, and when that was received on the page's clock. */
  readonly reply?: Reply
  readonly at?: number
}

/** The knowledge before the boot call. */
export const unasked: FirstAnswer = { state: loading }

/** Makes the boot call, which requests who is signed in. */
export function askFirst(runtime: Runtime, href: string): Promise<Reply> {
  return callService({ runtime, href }, { method: 'GET', path: '/user/current' })
}

/** The knowledge after the boot call's reply. Only the service's own answer decides who is signed in. */
export function firstAnswer(call: Promise<Reply>, reply: Reply, at: number): FirstAnswer {
  const view = viewIn(reply)
  const reason = refusalIn(reply)
  const state = view ? signedIn(view) : reason ? signedOut(reason) : offline
  return { call, reply, at, view, state }
}
