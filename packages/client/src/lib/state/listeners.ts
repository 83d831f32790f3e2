import type { AuthEvents } from './events.ts'

/** The events of a store, and two internal ones: `change` of the state, and `next` after every event. */
interface AllEvents extends AuthEvents {
  readonly change?: undefined
  readonly next?: undefined
}

/** The listeners of a store's events. */
export interface Listeners {
  readonly on: <K extends keyof AllEvents>(
    name: K,
    listener: (event: AllEvents[K]) => void,
  ) => () => void
  readonly has: (name: keyof AllEvents) => boolean
  readonly emit: <K extends keyof AllEvents>(name: K, event?: AllEvents[K]) => void
}

/** Creates a store's listeners: there are none yet. */
export function createListeners(): Listeners {
  const listeners: Partial<Record<string, Set<(event: never) => void>>> = {}
  return {
    on: (name, listener) => {
      const all = (listeners[name] ??= new Set())
      const own: typeof listener = (event) => listener(event)
      all.add(own)
      return () => void all.delete(own)
    },
    has: (name) => !!listeners[name]?.size,
    emit: (name, event) => {
      for (const listener of listeners[name] ?? []) {
        try {
          listener(event as never)
        } catch (error) {
          // Reported as an unhandled rejection, so that all other listeners still get the event
          void Promise.reject(error)
        }
      }
    },
  }
}
