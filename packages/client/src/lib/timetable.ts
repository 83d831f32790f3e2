import type { Runtime } from './runtime.ts'
import type { AuthState } from './state.ts'
import type { Store } from './store.ts'

/** The longest wait that a browser's timer can hold is 24.8 days. */
const LONGEST = 2 ** 31 - 1
/** Milliseconds that a tab waits, and three times as much by chance, for one in which the person acts. */
const BEHIND = 500

interface Needs {
  readonly runtime: Runtime
  readonly store: Store
  readonly heal: () => Promise<boolean>
  /** Milliseconds before its end at which a session is said to end soon. */
  readonly warnBefore: number
}

/** Asks when it is time: for a renewal, at the session's end, and until the service answers again. */
export function startTimetable({ runtime, store, heal, warnBefore }: Needs): void {
  let stop = (): void => {}
  let warned: AuthState | undefined

  store.on('next', () => {
    stop()
    const { state, holdsUntil, because } = store
    const now = runtime.now()
    const askAt = whenToAsk(store, now) + (store.acted ? 0 : BEHIND * (1 + 3 * runtime.random()))
    // Once for each answer, and never before whoever draws it has had time to listen
    const warnAt = state.session && warned !== state ? holdsUntil - warnBefore : Infinity
    const at = Math.min(askAt, warnAt)
    if (at === Infinity) return
    stop = runtime.after(Math.min(at - now, LONGEST), () => {
      const then = runtime.now()
      if (then >= warnAt) {
        warned = state
        store.emit('ending-soon', { endsIn: Math.ceil((holdsUntil - then) / 1000), because })
      }
      if (then >= askAt) void heal()
      else store.emit('next')
    })
  })
}

function whenToAsk(store: Store, now: number): number {
  const { state, failures, standsUntil, acted, because, renewAt, holdsUntil } = store
  if (failures) return standsUntil
  const moves = state.session && acted && because === 'idle' && renewAt === holdsUntil
  return Math.max(moves ? now : renewAt, standsUntil)
}
