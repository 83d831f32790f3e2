import type { AuthEvents } from './events.ts'

/** Within the library also: the state changed; something is known that was not. */
interface AllEvents extends AuthEvents {
  readonly change?: undefined
  readonly next?: undefined
}

/** Who listens to the events of a store. */
export interface Listeners {
  readonly on: <K extends keyof AllEvents>(
    name: K,
    listener: (event: AllEvents[K]) => void,
  ) => () => void
  readonly emit: <K extends keyof AllEvents>(name: K, event?: AllEvents[K]) => void
}

export function createListeners(): Listeners {
  const listeners: Partial<Record<string, Set<(event: never) => void>>> = {}
  return {
    on: (name, listener) => {
      const all = (listeners[name] ??= new Set())
      const own: typeof listener = (event) => listener(event)
      all.add(own)
      return () => void all.delete(own)
    },
    emit: (name, event) => {
      for (const listener of listeners[name] ?? []) {
        try {
          listener(event as never)
        } catch (error) {
          // A listener's fault is reported, and keeps no other listener from its event
          void Promise.reject(error)
        }
      }
    },
  }
}
