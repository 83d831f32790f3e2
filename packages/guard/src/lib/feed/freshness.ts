import type { FeedRuntime } from './runtime.ts'

/** How old a copy is, and what time it is at the service. Milliseconds everywhere. */
export interface Freshness {
  /** A connection is asked for: its first time is waited for from now on. */
  asked(): void
  /** An event with the service's time came on this connection. */
  told(time: number): void
  /**
   * Everything that the service had written when it was `time` there is applied.
   * @throws Error with a sentence where the service's clock was set: only a new connection tells then.
   */
  applied(time: number): void
  /** Nothing that was known counts any more. */
  forget(): void
  /** `undefined` before the first snapshot was applied. */
  age(): number | undefined
  /** The service's time, going on by the monotonic clock; it never goes back. */
  now(): number
  /** The service's clock less this machine's; `undefined` before it told any time. */
  offset(): number | undefined
}

/** What is known of one connection since the first event that told a time. */
interface Anchor {
  readonly monotonic: number
  readonly wall: number
  /** From the request to that event: its time was read in between. */
  readonly wait: number
  /** That time. */
  first: number
}

/** How far the service's clock may gain on ours between two events without having been set. */
const SLACK = 1000

export function createFreshness({ monotonic, wall }: FeedRuntime): Freshness {
  let askedAt = { monotonic: monotonic(), wall: wall() }
  let connection: Anchor | undefined
  let standing: { readonly anchor: Anchor; readonly time: number } | undefined
  let service: { readonly time: number; readonly at: number } | undefined
  let latest = -Infinity

  /** Own time is the greater advance: one clock may be set, the other stops while a machine sleeps. */
  const since = (then: { readonly monotonic: number; readonly wall: number }): number =>
    Math.max(monotonic() - then.monotonic, wall() - then.wall)
  const ageAt = (anchor: Anchor, time: number): number =>
    anchor.wait + since(anchor) - (time - anchor.first)

  return {
    asked: () => {
      askedAt = { monotonic: monotonic(), wall: wall() }
      connection = undefined
    },
    told: (time) => {
      service = { time, at: monotonic() }
      connection ??= {
        monotonic: monotonic(),
        wall: wall(),
        wait: since(askedAt),
        first: time,
      }
    },
    applied: (time) => {
      if (connection === undefined) return
      const age = ageAt(connection, time)
      if (age < -SLACK) throw new Error('the service’s clock was set forward')
      // A clock that runs faster than ours must not save up for a later silence
      if (age < 0) connection.first -= age
      standing = { anchor: connection, time }
    },
    forget: () => {
      standing = undefined
    },
    age: () => standing && Math.max(0, ageAt(standing.anchor, standing.time)),
    now: () => {
      const time = service === undefined ? wall() : service.time + monotonic() - service.at
      if (service === undefined) return time
      latest = Math.max(latest, time)
      return latest
    },
    offset: () => service && service.time + monotonic() - service.at - wall(),
  }
}
