/** Takes back what was planned. */
export type Stop = () => void

/** Milliseconds since 1970 at which each simulation begins. */
export const epoch = Date.UTC(2026, 10, 25)
export const SECOND = 1000

/** What happens, in the order of the clock; what falls on one moment keeps its order. */
export function createWorld() {
  const queue: { readonly at: number; readonly order: number; work: (() => void) | undefined }[] =
    []
  let now = 0
  let order = 0
  return {
    now: () => now,
    at: (time: number, work: () => void): Stop => {
      const event = {
        at: Math.max(time, now),
        order: order++,
        work: work as typeof work | undefined,
      }
      let place = queue.length
      while (place > 0 && (queue[place - 1]?.at ?? 0) > event.at) place -= 1
      queue.splice(place, 0, event)
      return () => {
        event.work = undefined
      }
    },
    run: (until: number): void => {
      while ((queue[0]?.at ?? Infinity) <= until) {
        const event = queue.shift()
        now = event?.at ?? now
        event?.work?.()
      }
      now = until
    },
  }
}
export type World = ReturnType<typeof createWorld>
