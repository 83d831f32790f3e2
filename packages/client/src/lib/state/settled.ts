import type { Auth } from '../auth.ts'
import type { AuthState } from './states.ts'

const waiting = new WeakMap<object, Promise<AuthState>>()

/**
 * Resolves with the state when the service has answered, or could not be reached. Callers that wait share one
 * promise. A state that is known already is always the current one.
 */
export function settled(auth: Pick<Auth, 'state' | 'subscribe'>): Promise<AuthState> {
  const isKnown = (): boolean => auth.state.status !== 'loading'
  if (isKnown()) return Promise.resolve(auth.state)
  const shared = waiting.get(auth.subscribe)
  if (shared) return shared
  let resolve: (state: AuthState) => void = () => {}
  const promise = new Promise<AuthState>((settle) => {
    resolve = settle
  })
  waiting.set(auth.subscribe, promise)
  let stop: (() => void) | undefined
  const look = (): void => {
    if (!isKnown()) return
    waiting.delete(auth.subscribe)
    stop?.()
    resolve(auth.state)
  }
  stop = auth.subscribe(look)
  look()
  return promise
}
