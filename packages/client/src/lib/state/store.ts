import type { Listeners } from './listeners.ts'
import type { Runtime } from '../runtime.ts'
import type { AuthEvents, Effects, Event } from './events.ts'
import type { Known } from './known.ts'
import { nextAt } from './schedule.ts'
import { transition } from './transition.ts'

/** The longest wait that a browser's timer can hold is 24.8 days. */
const LONGEST = 2 ** 31 - 1

/** The page's knowledge, and the events that change it. */
export interface Store {
  readonly known: Known
  readonly dispatch: (event: Event) => void
  /** The current `ending-soon` event, if the session is about to end. */
  readonly ending: () => AuthEvents['ending-soon'] | undefined
  /** Sets the timer for the next event that is due. */
  readonly arm: () => void
}

interface Needs {
  readonly runtime: Runtime
  readonly listeners: Listeners
  readonly known: Known
  /** Whether a request is being prepared. */
  readonly isAsking: () => boolean
  /** Carries out the effects of an event. */
  readonly run: (effects: Effects, before: Known) => void
}

/** Creates a store: it applies events one by one, runs their effects, and calls the listeners. */
export function createStore({ runtime, listeners, isAsking, run, ...initial }: Needs): Store {
  let { known } = initial
  let stop = (): void => {}
  const arm = (): void => {
    stop()
    const now = runtime.now()
    const at = nextAt(known, now, runtime.random(), isAsking())
    if (at === Infinity) return
    stop = runtime.after(Math.min(Math.max(at - now, 0), LONGEST), () =>
      dispatch({ type: 'timer' }),
    )
  }
  const ending = (): AuthEvents['ending-soon'] | undefined => {
    const { warned, state, validUntil, because } = known
    if (warned !== state) return undefined
    return { endsIn: Math.ceil((validUntil - runtime.now()) / 1000), because }
  }
  const dispatch = (event: Event): void => {
    const before = known
    const step = transition(before, event, runtime.now(), runtime.random())
    const { effects } = step
    known = step.known
    run(effects, before)
    if (effects.goneBecause) listeners.emit('signed-out', { reason: effects.goneBecause })
    if (step.known.state !== before.state) listeners.emit('change')
    if (effects.warn) listeners.emit('ending-soon', ending())
    listeners.emit('next')
    arm()
  }
  return {
    get known() {
      return known
    },
    dispatch,
    ending,
    arm,
  }
}
