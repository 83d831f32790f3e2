import type { Auth } from './auth.ts'
import type { AuthState } from './state/states.ts'

const waiting = new WeakMap<object, Promise<AuthState>>()

/** The state once the service has answered, or could not: one promise for all who wait. */
export function settled(auth: Pick<Auth, 'state' | 'subscribe'>): Promise<AuthState> {
  const known = waiting.get(auth.subscribe)
  if (known) return known
  const answer = new Promise<AuthState>((resolve) => {
    const look = (): void => {
      if (auth.state.status === 'loading') return
      waiting.delete(auth.subscribe)
      stop()
      resolve(auth.state)
    }
    const stop = auth.subscribe(look)
    look()
  })
  waiting.set(auth.subscribe, answer)
  return answer
}
