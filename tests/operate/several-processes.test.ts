import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databaseIn } from '@keyhaven/stage/databases/databases'
import { until } from '@keyhaven/stage/processes/process'
import { startService } from '@keyhaven/stage/processes/running-service'
import type { RunningService } from '@keyhaven/stage/processes/running-service'
import { bearer, send, signUp } from '@keyhaven/stage/http/person'
import type { Person } from '@keyhaven/stage/http/person'

// Nothing listens at this address: the test calls each process at its own port, without a proxy
const url = 'http://localhost:2/auth'
const environment: Record<string, string> = {
  KEYHAVEN_MASTER_KEY: randomBytes(32).toString('base64url'),
}
const folder = mkdtempSync(join(tmpdir(), 'keyhaven-several-'))
let first: RunningService
let second: RunningService

/** Two processes, each with a data folder of its own, on one database; started at once on an empty one. */
beforeAll(async () => {
  environment['KEYHAVEN_DATABASE'] = await databaseIn(folder, { migrated: false })
  const started = await Promise.all([start(), start()])
  ;[first, second] = started
})
afterAll(async () => {
  await first?.close()
  await second?.close()
  rmSync(folder, { recursive: true, force: true })
})

const start = (): Promise<RunningService> => startService({ url, environment })

const statusAt = async (at: RunningService, headers: Person['headers']): Promise<number> =>
  (await send(at, 'GET /user/current', { headers })).status

describe('several processes on one database, with one master key', () => {
  it('know a session that was opened at another, and refuse what was revoked there within 250 ms', async () => {
    for (const [here, there] of [
      [first, second],
      [second, first],
    ] as const) {
      const who = await signUp(here)
      expect(await statusAt(there, who.headers)).toBe(200)
      expect(await statusAt(there, bearer(who.token))).toBe(200)
      const left = await send(here, 'DELETE /sessions/current', { headers: who.headers })
      expect(left.status).toBe(204)
      const refused = async (): Promise<boolean> =>
        (await statusAt(there, bearer(who.token))) === 401
      await until('the other refuses it', refused, 0.25)
    }
  })

  it('take over keys that a command has rotated, and go by a lock of the command line', async () => {
    const who = await signUp(first)
    const rotated = await first.command(['keys', 'rotate', '--emergency', '--yes', '--json'])
    expect(rotated.code, rotated.output).toBe(0)
    for (const at of [first, second]) {
      const refused = async (): Promise<boolean> => (await statusAt(at, bearer(who.token))) === 401
      await until('the old token is refused', refused, 1)
      // The session lives: it is given a token of the new key
      expect(await statusAt(at, who.headers)).toBe(200)
    }
    const locked = ['accounts', 'lock', who.email, '--reason', 'a test']
    expect((await second.command(locked)).code).toBe(0)
    for (const at of [first, second]) {
      const out = async (): Promise<boolean> => (await statusAt(at, who.headers)) === 401
      await until('the lock counts', out, 1)
    }
  })

  it('are restarted one after the other, and no user is signed out by it (R40)', async () => {
    const persons = await Promise.all([signUp(first), signUp(second), signUp(first)])
    const seen = new Set<number>()
    let over = false
    let up: RunningService = second
    // A connection may be closed in the moment in which it is used again: a browser sends such a GET once more
    const visit = (headers: Person['headers']): Promise<number> =>
      statusAt(up, headers).catch(() => statusAt(up, headers))
    const visits = persons.map(async ({ headers }) => {
      while (!over) seen.add(await visit(headers))
    })
    await first.process.stop()
    first = await start()
    up = first
    // What was asked of the second before is answered: it stops gently
    await second.process.stop()
    second = await start()
    over = true
    await Promise.all(visits)
    expect([...seen]).toEqual([200])
    for (const { headers } of persons) expect(await statusAt(second, headers)).toBe(200)
  })
})
