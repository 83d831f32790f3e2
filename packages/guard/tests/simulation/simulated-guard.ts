import { createKeySet } from '@keyhaven/core'
import { defineAccess } from '@keyhaven/core/access'
import { createDropTime, createGuardChecks, createSignals, keepCopy } from '@keyhaven/guard/kit'
import type { FeedRuntime, KeptCopy, KnownSources, ResponseHandlers } from '@keyhaven/guard/kit'
import { issuer, LIFE } from './simulated-service.ts'
import type { Service, Token } from './simulated-service.ts'
import { epoch, SECOND } from './world.ts'
import type { Stop, World } from './world.ts'

export const MAX_STALENESS = 60

function eventOf(event: string, data: unknown, id: string | undefined): string {
  const idLine = id === undefined ? '' : `id: ${id}\n`
  return `event: ${event}\n${idLine}data: ${JSON.stringify(data)}\n\n`
}

/** What a way between guard and service can do to what goes over it. */
export type Way = 'open' | 'hung' | 'lost' | 'refused'

/** A guard, and the way between it and the service. */
export function createSimulatedGuard(world: World, service: Service, seed: number) {
  let way: Way = 'open'
  let delay = 10
  let wallOffset = 0
  let asleep = false
  let swallow = false
  let slept = 0
  let random = seed
  let held: (() => void)[] = []
  let sleeping: (() => void)[] = []
  const breakAll = new Set<() => void>()
  let known: KnownSources | undefined
  let copy: KeptCopy
  let decide: ReturnType<typeof createGuardChecks>
  let dropTime: () => number
  const lines: string[] = []

  /** To the guard: later where it sleeps or the way hangs, never where it is lost. */
  const wake = (work: () => void): void => void (asleep ? sleeping.push(work) : work())
  const carry = (work: () => void): void => {
    if (way === 'lost') return
    if (way === 'hung') held.push(work)
    else world.at(world.now() + delay, () => (way === 'hung' ? held.push(work) : work()))
  }
  const runtime: FeedRuntime = {
    monotonic: () => world.now() - slept,
    wall: () => epoch + world.now() + wallOffset,
    random: () => {
      random = (random * 16807) % 2147483647
      return random / 2147483647
    },
    after: (milliseconds, work) => world.at(world.now() + milliseconds, () => wake(work)),
    open: ({ headers }, heard) => openWay(headers['last-event-id'], heard),
    post: (_request, body, done) => {
      carry(() => {
        service.claims.push(JSON.parse(body) as { log: string; seq: number })
        carry(() => wake(() => done(204)))
      })
    },
  }
  const openWay = (resume: string | undefined, heard: ResponseHandlers): Stop => {
    let over = false
    let dead = false
    let stopFeed: Stop = () => {}
    let last = 0
    const end = (): void => {
      dead = true
      stopFeed()
      breakAll.delete(end)
    }
    const tell = (work: () => void): void => {
      if (dead) return
      if (way === 'lost') return end()
      // One connection keeps its order, whatever the delay becomes
      last = Math.max(last, world.now() + delay)
      const deliver = (): void => void (over || wake(() => over || work()))
      if (way === 'hung') held.push(deliver)
      else world.at(last, () => (way === 'hung' ? held.push(deliver) : deliver()))
    }
    const hangUp = (): void => {
      tell(() => heard.ended('reset'))
      end()
    }
    if (way === 'refused') {
      world.at(world.now() + 1, () => wake(() => over || heard.ended('refused')))
      return () => {
        over = true
      }
    }
    breakAll.add(hangUp)
    carry(() => {
      if (over) return
      tell(() => heard.answered({ status: 200, type: 'text/event-stream', retryAfter: undefined }))
      stopFeed = service.feed(resume, {
        send: (event, data, id) => {
          const isLost = swallow && event === 'revoke'
          if (isLost) swallow = false
          else tell(() => heard.piece(Buffer.from(eventOf(event, data, id))))
        },
        close: hangUp,
      })
    })
    return () => {
      over = true
      carry(end)
    }
  }
  const start = (): void => {
    known = undefined
    copy = keepCopy(
      { issuer, feedKey: `khg_${'a'.repeat(43)}`, maxStaleness: MAX_STALENESS },
      {
        reach: issuer,
        source: {
          accessTtl: () => LIFE,
          maxStaleness: () => undefined,
          takeKeys: (keys) => {
            known = {
              cookies: { access: 'keyhaven', session: 'keyhaven-session' },
              origins: { own: ['https://app.example'], bearer: [], development: false },
              keys: createKeySet({ keys }),
            }
          },
        },
        log: (line) => lines.push(line),
      },
      runtime,
    )
    const signals = createSignals(copy.revocations, copy.now)
    const { now } = copy
    dropTime = createDropTime(() => now() * SECOND, runtime)
    decide = createGuardChecks(
      {
        issuer,
        audience: ['https://app.example'],
        access: defineAccess({ scopes: [], roles: {} }),
        known: () => known,
        mayRefetch: () => false,
        revocations: copy.revocations,
        mayAnswer: copy.mayAnswer,
        onSnapshot: copy.onSnapshot,
        now: copy.now,
        development: false,
      },
      signals,
    )
  }
  start()
  const tick = (): void => {
    wake(() => copy.revocations.drop(dropTime()))
    world.at(world.now() + SECOND, tick)
  }
  tick()
  return {
    lines,
    isAsleep: () => asleep,
    state: () => ({ ...copy.state(), entries: copy.revocations.size }),
    copy: () => copy.revocations,
    now: () => copy.now(),
    accepts: ({ text }: Token): boolean =>
      decide({
        method: 'GET',
        url: '/',
        header: (name) => (name === 'authorization' ? `Bearer ${text}` : undefined),
      }).ok,
    restart: () => {
      copy.close()
      start()
    },
    /** What hung is delivered when the way opens; what was lost stays so. */
    setWay: (next: Way) => {
      way = next
      if (next === 'hung') return
      const waiting = held
      held = []
      if (next === 'open') for (const work of waiting) work()
    },
    /** One event of the log gets lost on the way, alone. */
    loseOne: () => {
      swallow = true
    },
    setDelay: (milliseconds: number) => {
      delay = milliseconds
    },
    reset: () => {
      for (const hangUp of breakAll) hangUp()
    },
    /** While it sleeps its clock is not set: nothing could tell then how long it slept. */
    setClock: (milliseconds: number) => {
      if (!asleep) wallOffset = milliseconds
    },
    /** Its monotonic clock stops meanwhile, its wall clock goes on. */
    sleep: (milliseconds: number) => {
      if (asleep) return
      asleep = true
      world.at(world.now() + milliseconds, () => {
        asleep = false
        slept += milliseconds
        const waiting = sleeping
        sleeping = []
        for (const work of waiting) work()
      })
    },
    close: () => copy.close(),
  }
}
export type SimulatedGuard = ReturnType<typeof createSimulatedGuard>
