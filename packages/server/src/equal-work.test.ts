import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { describe, expect, it, vi } from 'vitest'
import { countStatements, databaseIn } from '../../../tests/stage/databases.ts'
import { createKeyhaven } from './index.ts'
import { testLog } from './log.suite.ts'

interface Work {
  readonly hashes: number
  readonly statements: number
}

describe('what an unknown account costs (R97)', () => {
  it.each([
    ['from an address', { address: '203.0.113.1' }],
    ['without an address', undefined],
  ])(
    '%s is the same: as many hashes and as many statements as a wrong password',
    async (_, from) => {
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
          from,
        )
        expect(status).toBe(401)
        return { hashes: hashes.mock.calls.length, statements: statements.count() }
      }
      // The service's own jobs run statements too, now and then: the least of a few tries has none of them
      const work = async (login: string): Promise<Work> => {
        const tries: Work[] = []
        for (let at = 0; at < 5; at++) tries.push(await once(login))
        return tries.reduce((least, one) => (one.statements < least.statements ? one : least))
      }
      const known = await work('known@example.com')
      expect(known.hashes).toBe(1)
      expect(known.statements).toBeGreaterThan(3)
      expect(await work('known')).toEqual(known)
      expect(await work('unknown')).toEqual(known)
      expect(await work('unknown@example.com')).toEqual(known)
      expect(await work('no address at all')).toEqual(known)
      hashes.mockRestore()
      statements.restore()
      await keyhaven.close()
      rmSync(data, { recursive: true })
    },
  )
})
