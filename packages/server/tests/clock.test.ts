import { rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { doses } from '../../../tests/doses.ts'
import { changeIn, databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { metricsIn } from '@keyhaven/stage/http/metrics'
import { until } from '@keyhaven/stage/processes/process'
import { shiftedClock } from '@keyhaven/stage/databases/shifted-clock'
import type { ShiftedClock } from '@keyhaven/stage/databases/shifted-clock'
import { bearer, codeOf, newPerson, send, signIn } from '@keyhaven/stage/http/person'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Person } from '@keyhaven/stage/http/person'
import type { Service } from '@keyhaven/stage/processes/served'

const [SECOND, HOUR] = [1000, 3_600_000]

/** Longer than readings must agree before they are trusted. */
const AGREED = 61 * SECOND

/** Hours by which the clock is wrong. */
const shifts = [9, -9, 1, -1].slice(0, doses.clockShifts)

const OFF: unknown = expect.stringContaining(
  'the service was off for a while, or its clock is ahead',
)
const BEHIND: unknown = expect.stringContaining('the clock is behind the newest time')

let data: string
let database: string
let clock: ShiftedClock
let service: Service
let key: string
let off: number
let passed: number
let lines: { readonly msg: string }[]
const log = pino({}, { write: (line: string) => void lines.push(JSON.parse(line) as never) })
const monotonic = performance.now.bind(performance)

beforeEach(async () => {
  data = newFolder()
  database = await databaseIn(data)
  clock = await shiftedClock(database)
  service = await serve(data)
  key = await service.keyhaven.guards.add('clock')
  off = 0
  passed = 0
  lines = []
  vi.spyOn(performance, 'now').mockImplementation(() => monotonic() + passed)
})
afterEach(async () => {
  vi.restoreAllMocks()
  await service.close()
  rmSync(data, { recursive: true })
})

/** Sets the clock wrong by this much. */
async function setWrong(by: number): Promise<void> {
  off = by
  await clock.shift(off + passed)
}

/** Lets a minute pass, for the clock and for everything that measures it: in steps that no reading minds. */
async function passMinute(): Promise<void> {
  for (const end = passed + AGREED; passed < end; ) {
    passed += 2 * SECOND
    await clock.shift(off + passed)
  }
}

const trueTime = (): number => performance.timeOrigin + monotonic() + passed

/** Milliseconds by which the service's own time, as guards are told it, differs from the true one. */
async function error(): Promise<number> {
  const answer = await send(service, 'GET /revocations', { headers: bearer(key) })
  const { time } = (await answer.json()) as { time: number }
  return time - trueTime()
}

/** The service has followed its clock to where it is wrong by this much. */
async function isWrongBy(by: number): Promise<void> {
  const near = async (): Promise<boolean> => Math.abs((await error()) - by) < 3 * SECOND
  await until(`the service’s time is wrong by ${by} ms`, near)
}

async function metric(name: string): Promise<number | undefined> {
  const answer = await send(service, 'GET /metrics', { headers: bearer(key) })
  return metricsIn(await answer.text())
    .get(name)
    ?.samples.get(name)
}

const aboutClock = (): unknown[] => lines.filter(({ msg }) => msg.includes('clock'))

async function asked(headers: Record<string, string>): Promise<string> {
  const response = await send(service, 'GET /user/current', { headers })
  return response.status === 200 ? '200' : codeOf(response)
}

/** Somebody who signed out, and somebody who did not. */
async function leaverAndStayer(): Promise<readonly [Person, Person]> {
  const [leaver, stayer] = [await newPerson(service), await newPerson(service)]
  expect((await send(service, 'DELETE /sessions/current', { person: leaver })).status).toBe(204)
  return [leaver, stayer]
}

const entriesOf = (person: Person): Promise<unknown[]> =>
  rowsIn(database, `select seq from revocations where id = '${person.session}'`)

/** Whatever the clock did: who left is out, who stayed is in, and new tokens are good. */
async function holds(leaver: Person, stayer: Person): Promise<void> {
  expect(await asked(bearer(leaver.token))).toBe('401 session_ended')
  expect(await entriesOf(leaver)).toHaveLength(1)
  expect(await asked({ cookie: stayer.cookie })).toBe('200')
  expect(await asked(bearer((await signIn(service, stayer.email)).token))).toBe('200')
}

describe('a clock that is wrong for seconds (source 2, H38)', () => {
  it.each(shifts)(
    'at the start, by %i h: nothing is forgotten, no user is signed out',
    async (by) => {
      const [leaver, stayer] = await leaverAndStayer()
      await service.close()
      await setWrong(by * HOUR)
      service = await serve(data, { log })
      await sleep(doses.clockWrongFor)
      // Ahead it is followed at once, as after a night in which the service was off
      await isWrongBy(Math.max(by * HOUR, 0))
      await until('it is logged', async () => aboutClock().length > 0)
      expect(aboutClock()).toMatchObject([
        { ahead: expect.closeTo(by * 3600, -2), msg: by > 0 ? OFF : BEHIND },
      ])
      expect(await asked(bearer(leaver.token))).toMatch(/^401 (session_ended|token_expired)$/)
      expect(await metric('keyhaven_clock_agrees')).toBe(0)
      expect(await metric('keyhaven_clock_ahead_seconds')).toBeCloseTo(by * 3600, -2)
      await setWrong(0)
      await isWrongBy(0)
      await holds(leaver, stayer)
    },
  )

  it('while the service runs, ahead and behind: its time goes on', async () => {
    const [leaver, stayer] = await leaverAndStayer()
    for (const by of shifts) {
      await setWrong(by * HOUR)
      await sleep(doses.clockWrongFor)
      expect(Math.abs(await error()), `${by} h`).toBeLessThan(3 * SECOND)
      expect(await asked(bearer(stayer.token)), `${by} h`).toBe('200')
      expect(await metric('keyhaven_clock_agrees')).toBe(0)
      await setWrong(0)
      await until('it agrees', async () => (await metric('keyhaven_clock_agrees')) === 1)
    }
    await holds(leaver, stayer)
  })
})

describe('a clock that stays as it is (H38)', () => {
  it('right, after a kill and then a restart within the same minute: nothing is logged of it', async () => {
    // As if the time was last stored this long before; the second stop stores none, as it is not trusted yet
    for (const since of [65, 130]) {
      await service.close()
      await setWrong(since * SECOND)
      service = await serve(data, { log })
      expect(await metric('keyhaven_clock_ahead_seconds')).toBeCloseTo(since, -1)
    }
    await sleep(doses.clockWrongFor)
    await passMinute()
    await until('it agrees', async () => (await metric('keyhaven_clock_agrees')) === 1)
    await sleep(doses.clockWrongFor)
    expect(aboutClock()).toEqual([])
  })

  it('ahead at the start: rows are purged, sessions end and accounts are erased once readings have agreed for a minute', async () => {
    const [leaver, stayer] = await leaverAndStayer()
    const erased = await newPerson(service)
    await service.keyhaven.accounts.erase(erased.id, 'requested by mail')
    await changeIn(database, `update erasures set erases_at = ${Date.now() + HOUR}`)
    const isThere = async (): Promise<boolean> =>
      (await rowsIn(database, `select id from accounts where id = '${erased.id}'`)).length > 0
    await service.close()
    await setWrong(9 * HOUR)
    service = await serve(data)
    await sleep(doses.clockWrongFor)
    expect(await entriesOf(leaver)).toHaveLength(1)
    expect(await isThere()).toBe(true)
    // A limit that has passed is a limit that has passed; nothing is written of it yet
    expect(await asked({ cookie: stayer.cookie })).toBe('401 session_ended')
    await passMinute()
    await until('it is purged', async () => (await entriesOf(leaver)).length === 0)
    await until('it has ended', async () => (await entriesOf(stayer)).length === 1)
    await until('it is erased', async () => !(await isThere()))
    expect(await metric('keyhaven_clock_agrees')).toBe(1)
  })

  it('set back for good: it is followed after a minute, and what was purged meanwhile opens nothing', async () => {
    const [leaver, stayer] = await leaverAndStayer()
    await service.close()
    await setWrong(HOUR)
    service = await serve(data)
    await isWrongBy(HOUR)
    await passMinute()
    await until('it is purged', async () => (await entriesOf(leaver)).length === 0)
    await setWrong(0)
    await sleep(doses.clockWrongFor)
    await isWrongBy(HOUR)
    await passMinute()
    await isWrongBy(0)
    expect(await asked(bearer(leaver.token))).toBe('401 token_expired')
    expect(await asked({ cookie: stayer.cookie })).toBe('200')
    expect(await asked(bearer((await signIn(service, stayer.email)).token))).toBe('200')
    const rotations = await rowsIn(
      database,
      "select reason from audit where action = 'keys.rotated'",
    )
    expect(rotations).toEqual([{ reason: 'the clock was set back' }])
  })
})
