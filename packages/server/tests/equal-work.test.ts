import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { describe, expect, it, vi } from 'vitest'
import { countStatements, databaseIn } from '@keyhaven/stage/databases/databases'
import { createKeyhaven } from '@keyhaven/server'
import { testLog } from '@keyhaven/stage/processes/log'

interface Work {
  readonly hashes: number
  readonly statements: number
}

describe('what an unknown account costs (R97)', () => {
  it.each([
    ['from an address', true],
    ['without an address', false],
  ])(
    '%s is the same: as many hashes and as many statements as a wrong password',
    async (_, hasAddress) => {
      let tries = 0
      const data = mkdtempSync(join(tmpdir(), 'keyhaven-'))
      const environment = { NODE_ENV: 'test' }
      const keyhaven = await createKeyhaven({
        data,
        folder: data,
        database: await databaseIn(data),
        environment,
        log: testLog(),
      })
      await keyhaven.accounts.create({
        email: 'known@example.com',
        username: 'known',
        password: 'correct horse battery',
      })
      const hashes = vi.spyOn(Worker.prototype, 'postMessage')
      const statements = countStatements()
      // Those of the service's own jobs, which run meanwhile
      await sleep(1500)
      const own = new Set(statements.texts())
      const once = async (login: string): Promise<Work> => {
        hashes.mockClear()
        statements.clear()
        const { status } = await keyhaven.handler(
          new Request(`${keyhaven.issuer}/sessions`, {
            method: 'POST',
            headers: {
              origin: new URL(keyhaven.issuer).origin,
              'content-type': 'application/json',
            },
            body: JSON.stringify({ login, password: 'wrong password' }),
          }),
          // Another client each time, so that none has guessed too often
          hasAddress ? { address: `203.0.113.${++tries}` } : undefined,
        )
        expect(status).toBe(401)
        const texts = statements.texts().filter((text) => !own.has(text))
        return { hashes: hashes.mock.calls.length, statements: texts.length }
      }
      // A rare job runs others now and then: the least of a few tries has none of them
      const logins = [
        'known@example.com',
        'known',
        'unknown',
        'unknown@example.com',
        'no address at all',
      ]
      const least = new Map<string, Work>()
      const areEqual = (): boolean =>
        new Set([...least.values()].map(({ statements }) => statements)).size === 1
      for (let round = 0; round < 3 || (round < 18 && !areEqual()); round++) {
        for (const login of logins) {
          const one = await once(login)
          const before = least.get(login) ?? one
          least.set(login, one.statements < before.statements ? one : before)
        }
      }
      const known = least.get('known@example.com')
      expect(known?.hashes).toBe(1)
      expect(known?.statements).toBeGreaterThan(3)
      for (const login of logins) expect(least.get(login), login).toEqual(known)
      hashes.mockRestore()
      statements.restore()
      await keyhaven.close()
      rmSync(data, { recursive: true })
    },
  )
})
