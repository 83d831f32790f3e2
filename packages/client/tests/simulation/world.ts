import { setImmediate as turn } from 'node:timers/promises'

/** What happens, in the order of the clock; what falls on one moment keeps its order. */
export interface World {
  now(): number
  at(time: number, work: () => void): () => void
  /**
   * Lets time pass. What promises lead to happens in the moment in which they are settled; `look` is
   * called after each thing that happened.
   */
  run(until: number, look: () => void): Promise<void>
}

interface Happening {
  readonly at: number
  work: (() => void) | undefined
}

export function createWorld(): World {
  const queue: Happening[] = []
  let now = 1000
  return {
    now: () => now,
    at: (time, work) => {
      const event: Happening = { at: Math.max(time, now), work }
      let place = queue.length
      while (place > 0 && (queue[place - 1]?.at ?? 0) > event.at) place -= 1
      queue.splice(place, 0, event)
      return () => {
        event.work = undefined
      }
    },
    run: async (until, look) => {
      await turn()
      look()
      while ((queue[0]?.at ?? Infinity) <= until) {
        const event = queue.shift()
        if (!event?.work) continue
        now = event.at
        event.work()
        await turn()
        look()
      }
      now = until
      look()
    },
  }
}
