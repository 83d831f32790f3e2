import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { doses } from '../../../../tests/doses.ts'
import { createBrowser } from './browser.ts'
import { createService } from './simulated-service.ts'
import { aStep } from './steps.ts'
import type { Stage } from './steps.ts'
import { createWorld } from './world.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
/** Milliseconds for which a page may not know who is signed in: one call, and the way of its answer. */
const LOADS = 10 * SECOND + 500

function check(stage: Stage): void {
  const { world, service, browser } = stage
  const [fault] = browser.faults
  if (fault !== undefined) throw new Error(fault)
  for (const [at, tab] of browser.tabs.entries()) {
    if (tab.state !== 'runs') continue
    for (const [version, { state, can }] of tab.stores.entries()) {
      const id = state.session?.id
      if (id !== undefined && tab.dead[version]?.has(id)) {
        throw new Error(`tab ${at} shows ${id}, of which it knows that it is over`)
      }
      if (tab.late.has(state.session?.authTime ?? ''))
        throw new Error(`tab ${at} shows what an answer said that came too late`)
      const left = browser.left.get(id ?? '')
      const isTold = !stage.isSplit && !stage.lacks.channels && left?.version === version
      if (isTold && tab.runsSince < left.at && world.now() > left.at + SECOND)
        throw new Error(`tab ${at} still shows ${id}, which was left in another`)
      for (const scope of ['notes:read', 'notes:write'] as const) {
        if (can(scope) !== state.scope.includes(scope))
          throw new Error(`tab ${at} contradicts itself`)
      }
    }
    const loads = tab.stores.some(({ state }) => state.status === 'loading')
    tab.loadingSince = loads ? (tab.loadingSince ?? world.now()) : undefined
    if (world.now() - (tab.loadingSince ?? world.now()) > LOADS) {
      throw new Error(`tab ${at} is loading for ever`)
    }
  }
  const pages = browser.tabs.reduce((sum, { stores }) => sum + stores.length, 0)
  const last = service.calls.filter((time) => time > world.now() - MINUTE + 50)
  const isIdle = world.now() - stage.disturbedAt > 2 * MINUTE
  // A page that stands still may hold the lock: the others then don't wait for each other
  const isHeld = browser.tabs.some(({ state }) => state === 'frozen')
  const isOne = !stage.isSplit && !isHeld && !stage.lacks.channels && !stage.lacks.locks
  const versions = browser.tabs.some(({ stores }) => stores.length > 1) ? 2 : 1
  // A service that names a shorter time than ten seconds is asked once more
  const named = service.wasBusy() ? 1 : 0
  const weather = service.weather()
  const isLong = weather.is === 'busy' && weather.retryAfter >= 40
  const most = isIdle ? (isLong ? 2 : 6 + named) * (isOne ? versions : pages) : 60 + 20 * pages
  if (last.length > most) throw new Error(`${last.length} calls in a minute, of ${most}`)
}

/**
 * Whatever happened: when all is well again, every page shows the truth, within ten seconds where the
 * service can tell it or a person looks at it, and within a minute where its event stream has broken.
 */
async function settles(stage: Stage): Promise<void> {
  const { world, service, browser } = stage
  stage.disturbedAt = world.now()
  service.setWeather({ is: 'fine' })
  browser.setPost('prompt')
  browser.hangStreams(false)
  for (const tab of browser.tabs) tab.resume()
  if (browser.tabs.every(({ state }) => state === 'closed')) browser.open(1)
  await stage.pass(10 * SECOND + 500)
  // A service that has asked for a minute is given it
  if (service.wasBusy()) await stage.pass(MINUTE)
  if (stage.isSplit || stage.lacks.channels) {
    // A sign-in that waited for a sign-out may follow the first look
    for (let looks = 0; looks < 2; looks++) {
      stage.disturbedAt = world.now()
      for (const tab of browser.tabs) tab.event('back')
      await stage.pass(10 * SECOND + 500)
    }
  } else if (stage.isDeaf) await stage.pass(MINUTE + 5 * SECOND)
  shows(stage)
  stage.isSplit = false
  await stage.pass(4 * MINUTE)
  shows(stage)
  // A wish to sign out that a closed page has left is done by the pages that are opened next
  for (let loads = 0; loads < 5 && browser.storage.size > 0; loads++) {
    browser.open(1)
    await stage.pass(10 * SECOND + 500)
    shows(stage)
  }
  expect([...browser.storage]).toEqual([])
}

function shows({ browser }: Stage): void {
  const cookie = browser.cookie()
  const session = cookie?.ended || !browser.isCurrent() ? undefined : cookie
  const truth = session
    ? {
        status: 'signed-in',
        account: session.account,
        session: session.id,
        scope: session.scope,
        leaving: false,
      }
    : { status: 'signed-out', account: undefined, session: undefined, scope: [], leaving: false }
  if (session?.left === 'it') throw new Error(`${session.id} goes on, though the person has left`)
  for (const [at, { stores, state }] of browser.tabs.entries()) {
    if (state !== 'runs') continue
    for (const { state: shown } of stores) {
      const { status, account, session: its, scope, leaving } = shown
      expect({ at, status, account: account?.id, session: its?.id, scope, leaving }).toEqual({
        at,
        ...truth,
      })
    }
  }
}

const someLacks = fc.record({
  storage: fc.constantFrom(false, false, false, true),
  locks: fc.constantFrom(false, false, false, true),
  channels: fc.constantFrom(false, false, false, true),
})

describe('a browser’s pages', () => {
  it('never show a user known to be signed out, never loop, and settle when all is well', async () => {
    await fc.assert(
      fc.asyncProperty(
        someLacks,
        fc.array(aStep, { minLength: 5, maxLength: 40, size: 'max' }),
        async (lacks, steps): Promise<void> => {
          const world = createWorld()
          const service = createService(world)
          const browser = createBrowser(world, service, lacks)
          const stage: Stage = {
            world,
            service,
            browser,
            lacks,
            disturbedAt: 0,
            isSplit: false,
            isDeaf: false,
            // Every page is looked at after all that happens meanwhile
            pass: (milliseconds) => world.run(world.now() + milliseconds, () => check(stage)),
          }
          const first = browser.open(1)
          browser.open(1)
          await stage.pass(SECOND)
          void first.stores[0]?.signIn({ login: 'a', password: 'p' })
          await stage.pass(SECOND)
          for (const step of steps) {
            if (!step.name.startsWith('wait')) stage.disturbedAt = world.now()
            await step.run(stage)
            await stage.pass(0)
          }
          await settles(stage)
        },
      ),
      { numRuns: doses.clientWorlds, seed: doses.clientSeed },
    )
  }, 3_600_000)
})
