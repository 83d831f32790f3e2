import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { doses } from '../../../../tests/doses.ts'
import { createSimulatedGuard, MAX_STALENESS } from './simulated-guard.ts'
import type { SimulatedGuard, Way } from './simulated-guard.ts'
import { createService } from './simulated-service.ts'
import type { Service, Token } from './simulated-service.ts'
import { createWorld } from './world.ts'
import type { World } from './world.ts'

const SECOND = 1000
const HOUR = 3_600_000

interface Stage {
  readonly world: World
  readonly service: Service
  readonly guards: readonly SimulatedGuard[]
}
type Step = { readonly name: string; readonly run: (stage: Stage) => void }

const nat = fc.nat({ max: 1000 })
const which = fc.nat({ max: 2 })
const step = (name: string, run: (stage: Stage) => void): fc.Arbitrary<Step> =>
  fc.constant({ name, run })
const onGuard = (name: string, run: (guard: SimulatedGuard) => void): fc.Arbitrary<Step> =>
  which.map((at) => ({
    name: `guard ${at} ${name}`,
    run: ({ guards }) => run(guards[at] as SimulatedGuard),
  }))
const numbered = (name: string, run: (service: Service, at: number) => void): fc.Arbitrary<Step> =>
  nat.map((at) => ({ name: `${name} ${at}`, run: ({ service }) => run(service, at) }))

const aStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: step('sign in', ({ service }) => service.signIn()) },
  { weight: 6, arbitrary: numbered('renew', (service, at) => service.renew(at)) },
  { weight: 6, arbitrary: numbered('end session', (service, at) => service.end(at)) },
  { weight: 3, arbitrary: numbered('end token', (service, at) => service.endToken(at)) },
  { weight: 1, arbitrary: step('lock, unlock', ({ service }) => service.lockAndUnlock()) },
  { weight: 2, arbitrary: numbered('repeat', (service, at) => service.repeat(at)) },
  { weight: 1, arbitrary: step('rotate keys', ({ service }) => service.rotate()) },
  { weight: 2, arbitrary: step('compact', ({ service }) => service.compact()) },
  { weight: 1, arbitrary: step('back up', ({ service }) => service.backup()) },
  { weight: 1, arbitrary: step('restore', ({ service }) => service.restore()) },
  { weight: 1, arbitrary: step('restart service', ({ service }) => service.restart()) },
  { weight: 1, arbitrary: step('service clock +1 h', ({ service }) => service.jump(HOUR)) },
  {
    weight: 1,
    arbitrary: step('service clock -20 s', ({ service }) => service.jump(-20 * SECOND)),
  },
  ...[HOUR, 9 * HOUR].flatMap((by) =>
    [3 * SECOND, 20 * SECOND].map((milliseconds) => ({
      weight: 1,
      arbitrary: step(`service clock ${by} ms wrong for ${milliseconds} ms`, ({ service }) =>
        service.err(by, milliseconds),
      ),
    })),
  ),
  { weight: 1, arbitrary: onGuard('restarts', (guard) => guard.restart()) },
  { weight: 2, arbitrary: onGuard('loses one event', (guard) => guard.loseOne()) },
  { weight: 1, arbitrary: onGuard('is reset', (guard) => guard.reset()) },
  ...(['hung', 'lost', 'refused'] as const satisfies Way[]).map((way) => ({
    weight: 2,
    arbitrary: onGuard(way, (guard) => guard.setWay(way)),
  })),
  { weight: 5, arbitrary: onGuard('healed', (guard) => guard.setWay('open')) },
  ...[10, 3000, 40_000].map((delay) => ({
    weight: 1,
    arbitrary: onGuard(`is ${delay} ms away`, (guard) => guard.setDelay(delay)),
  })),
  ...[-HOUR, -30 * SECOND, 0, HOUR].map((clock) => ({
    weight: 1,
    arbitrary: onGuard(`has its clock set by ${clock} ms`, (guard) => guard.setClock(clock)),
  })),
  { weight: 1, arbitrary: onGuard('sleeps 90 s', (guard) => guard.sleep(90 * SECOND)) },
  {
    weight: 16,
    arbitrary: fc.constantFrom(50, 1000, 5000, 20_000, 70_000).map((wait) => ({
      name: `wait ${wait}`,
      run: (stage: Stage) => pass(stage, wait),
    })),
  },
)

/** Lets time pass, and looks at every guard meanwhile. */
function pass(stage: Stage, milliseconds: number): void {
  const { world } = stage
  const end = world.now() + milliseconds
  while (world.now() < end) {
    world.run(Math.min(end, world.now() + SECOND))
    check(stage)
  }
}

function check({ world, service, guards }: Stage): void {
  for (const [at, guard] of guards.entries()) {
    if (guard.isAsleep()) continue
    const { log, seq } = guard.state()
    for (const token of service.tokens) {
      if (token.deadSince === undefined || !guard.accepts(token)) continue
      const late = world.now() - token.deadSince
      if (late > MAX_STALENESS * SECOND) {
        throw new Error(`guard ${at} accepts ${token.claims.jti}, which is dead for ${late} ms`)
      }
      if (token.deadBy.some((one) => one.log === log && one.seq <= seq)) {
        throw new Error(`guard ${at} has applied ${log}:${seq} and accepts ${token.claims.jti}`)
      }
    }
  }
  const { log, seq } = service.position()
  for (const claim of service.claims) {
    if (claim.log === log && claim.seq > seq) throw new Error('a guard claims more than there is')
  }
}

/** Whatever happened: when all is well again, every copy holds what the log holds, and nothing more refuses. */
function checkConverged(stage: Stage): void {
  const { service, guards } = stage
  for (const guard of guards) {
    guard.setWay('open')
    guard.setDelay(10)
  }
  pass(stage, 120 * SECOND)
  service.signIn()
  pass(stage, 2 * SECOND)
  const none = { jti: '-', client_id: '-' }
  for (const guard of guards) {
    expect(guard.state()).toMatchObject({ fresh: true, problem: undefined, ...service.position() })
    for (const [name, code] of gravestOf(service)) {
      const [kind = '', id = ''] = name.split(' ')
      const found =
        kind === 'kid' ? guard.copy().findKey(id) : guard.copy().find({ ...none, [kind]: id })
      // An entry that is over may have been graver: it stays as long as the later one
      expect({ name, rank: codes.indexOf(found ?? '') >= codes.indexOf(code) }).toEqual({
        name,
        rank: true,
      })
    }
    const latest = service.tokens.at(-1)
    if (latest) expect(guard.accepts(latest)).toBe(true)
  }
}

/** The gravest code of each id whose entries still count. */
function gravestOf(service: Service): Map<string, string> {
  const gravest = new Map<string, string>()
  for (const { kind, id, code, until } of service.entries()) {
    const name = `${kind} ${id}`
    const known = gravest.get(name) ?? 'token_expired'
    if (until > service.now())
      gravest.set(name, codes.indexOf(code) > codes.indexOf(known) ? code : known)
  }
  return gravest
}
const codes = ['token_expired', 'session_ended', 'account_locked']

/** A world with one guard that has listened for a while. */
function listening(seconds = 20): Stage & { readonly guard: SimulatedGuard } {
  const world = createWorld()
  const service = createService(world)
  service.signIn()
  const guard = createSimulatedGuard(world, service, 11)
  const stage = { world, service, guards: [guard], guard }
  pass(stage, seconds * SECOND)
  return stage
}

/** Whether the guard takes a token that is made now. */
function takesFresh({ service, guard }: ReturnType<typeof listening>): boolean {
  service.signIn()
  return guard.accepts(service.tokens.at(-1) as Token)
}

describe('a service whose clock is wrong for three seconds', () => {
  it.each([HOUR, 9 * HOUR, -300 * SECOND, -HOUR])(
    'by %i ms: fresh tokens are taken again within 12 s, revoked ones never (source 2, H38)',
    (by) => {
      const stage = listening()
      const { service, guard } = stage
      service.end(0)
      // The entry is dropped with its token’s end: a clock set back must not revive that
      pass(stage, 760 * SECOND)
      service.compact()
      expect(guard.state().entries).toBe(0)
      service.signIn()
      service.end(0)
      service.err(by, 3 * SECOND)
      pass(stage, 15 * SECOND)
      expect(takesFresh(stage)).toBe(true)
      expect(Math.abs(guard.now() - service.now() / SECOND)).toBeLessThan(2)
      pass(stage, 200 * SECOND)
      expect(takesFresh(stage)).toBe(true)
      guard.close()
    },
  )

  it.each([HOUR, 9 * HOUR])(
    'by %i ms when a guard first connects: the same, and it drops nothing by that clock (source 2, H38)',
    (by) => {
      const { world, service, guard: former } = listening()
      former.close()
      service.signIn()
      service.end(1)
      service.err(by, 3 * SECOND)
      const guard = createSimulatedGuard(world, service, 22)
      // The machine is the same: its own clock is wrong too
      guard.setClock(by)
      guard.restart()
      const stage = { world, service, guards: [guard], guard }
      pass(stage, 3 * SECOND)
      guard.setClock(0)
      pass(stage, 12 * SECOND)
      expect(takesFresh(stage)).toBe(true)
      pass(stage, 100 * SECOND)
      const [live, revoked] = service.tokens as [Token, Token]
      expect([guard.accepts(revoked), guard.accepts(live)]).toEqual([false, true])
      guard.close()
    },
  )
})

describe('guards under a feed', () => {
  it('never accept what is revoked for longer than maxStaleness, nor what they have applied; and converge', () => {
    fc.assert(
      fc.property(fc.array(aStep, { minLength: 10, maxLength: 80, size: 'max' }), (steps) => {
        const world = createWorld()
        const service = createService(world)
        service.signIn()
        const guards = [11, 22, 33].map((seed) => createSimulatedGuard(world, service, seed))
        const stage = { world, service, guards }
        pass(stage, 2 * SECOND)
        for (const { run } of steps) {
          run(stage)
          check(stage)
        }
        checkConverged(stage)
        for (const guard of guards) guard.close()
      }),
      { numRuns: doses.modelRuns },
    )
  }, 600_000)
})
