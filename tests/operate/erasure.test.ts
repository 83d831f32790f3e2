import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changeIn, databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { until } from '@keyhaven/stage/processes/process'
import { startService } from '@keyhaven/stage/processes/running-service'
import type { RunningService } from '@keyhaven/stage/processes/running-service'
import { doses } from '../doses.ts'

/** Accounts whose time has come, and the rows of the one that takes several transactions. */
const [ACCOUNTS, ROWS] = [120, 2000]

const data = mkdtempSync(join(tmpdir(), 'keyhaven-erasure-'))
const key = randomBytes(32).toString('base64url')
let database: string
let service: RunningService

/** Starts a process that trusts its clock at once, as if no time had passed since the last one. */
async function start(): Promise<void> {
  await changeIn(
    database,
    `update installation set value = '${Date.now() + 4000}' where name = 'time'`,
    'update jobs set claimed_until = 0, due_at = 0',
  )
  service = await startService({
    url: 'http://localhost:2/auth',
    data,
    environment: { KEYHAVEN_MASTER_KEY: key, KEYHAVEN_DATABASE: database },
  })
}

beforeAll(async () => {
  database = await databaseIn(data)
  await start()
})
afterAll(async () => {
  await service?.process.stop('SIGKILL')
  rmSync(data, { recursive: true, force: true })
})

const series = (from: number, to: number): string =>
  database.startsWith('postgres')
    ? `generate_series(${from}, ${to}) as s(n)`
    : `(with recursive s(n) as (select ${from} union all select n + 1 from s where n < ${to}) select n from s) as s`

/** An id of an account, whose number is in the column `n`. */
const id =
  "'acc_' || substr('AAAAAAAAAAAAAAAAAAAAAA', 1, 22 - length(cast(n as text))) || cast(n as text)"
const large = `acc_${'1'.padStart(22, 'A')}`

/** Accounts with a session, a token and an audit row each; the first has more of them. */
const plant = (round: number): readonly string[] => [
  `insert into accounts (id, email, email_key, email_verified, password_hash, credential_version, status, created_at)
   select ${id}, 'e' || n || '@example.com', 'e' || n || '@example.com', 1, 'x', 1, 'disabled', 1 from ${series(1, ACCOUNTS)}`,
  `insert into credentials (id, kind, account_id, client_id, created_at, last_used_at, epoch)
   select 'ses_' || n, 'session', ${id}, 'web', 1, 1, 0 from ${series(1, ACCOUNTS)}`,
  `insert into credentials (id, kind, account_id, client_id, parent_id, created_at, last_used_at, epoch)
   select 'ses_large' || n, 'session', '${large}', 'web', 'ses_1', 1, 1, 0 from ${series(1, ROWS)}`,
  `insert into tokens (jti, account_id, credential_id, client_id, issued_at, expires_at, claims)
   select 'jti' || n, ${id}, 'ses_' || n, 'web', 1, 9999999999, '{}' from ${series(1, ACCOUNTS)}`,
  `insert into audit (at, action, actor_id, account_id, address)
   select 1, 'session.opened', ${id}, ${id}, '10.6.${round}.1' from ${series(1, ACCOUNTS)}`,
  `insert into erasures (account_id, requested_at, erases_at, former_status)
   select ${id}, 1, 1, 'active' from ${series(1, ACCOUNTS)}`,
]

/** How many rows each account still has: of its own, and with its address. */
async function rows(): Promise<readonly Readonly<Record<string, unknown>>[]> {
  return rowsIn(
    database,
    `select n,
       (select count(*) from accounts where accounts.id = ${id}) as accounts,
       (select count(*) from erasures where account_id = ${id}) as erasures,
       (select count(*) from credentials where account_id = ${id}) as credentials,
       (select count(*) from tokens where account_id = ${id}) as tokens,
       (select count(*) from audit where account_id = ${id} and address is not null) as addresses
     from ${series(1, ACCOUNTS)}`,
  )
}

const erased = async (): Promise<number> =>
  Number(
    (
      await rowsIn(database, "select count(*) as count from audit where action = 'account.erased'")
    )[0]?.['count'],
  )

describe('kill -9 of a process that erases accounts', () => {
  it(`leaves each account whole or gone, and the next process goes on, ${doses.erasureKills} times`, async () => {
    let planted = 0
    for (let kills = 0; kills < doses.erasureKills; ) {
      const before = await erased()
      await changeIn(database, ...plant(++planted))
      // Somewhere between the first account and the last
      const goal = before + 1 + Math.floor((ACCOUNTS / 2) * Math.random())
      await until('some are erased', async () => (await erased()) >= goal)
      await service.process.stop('SIGKILL')
      const left = (await rows()).map((row) =>
        Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number(value)])),
      )
      const whole = left.filter(({ accounts }) => accounts === 1)
      expect(whole.length).toBeLessThan(ACCOUNTS)
      // On a busy machine a kill may come behind the last
      if (whole.length > 0) kills++
      for (const { n, accounts, erasures, credentials, tokens, addresses } of left) {
        const state = { accounts, erasures, credentials, tokens, addresses }
        const all = accounts === 1 ? 1 : 0
        if (n === 1) expect({ n, erasures }).toEqual({ n, erasures: all })
        else {
          const same = {
            accounts: all,
            erasures: all,
            credentials: all,
            tokens: all,
            addresses: all,
          }
          expect({ n, ...state }).toEqual({ n, ...same })
        }
      }
      await start()
      await until('all are erased', async () => (await erased()) === before + ACCOUNTS)
      const gone = (await rows()).map((row) => Object.values({ ...row, n: 0 }).map(Number))
      expect(Math.max(...gone.flat())).toBe(0)
    }
    // The chain of the log can be verified, also in an export
    const file = join(data, 'audit.ndjson')
    await service.command(['audit', 'export', file])
    const { code, output } = await service.command(['audit', 'verify', '--file', file])
    expect([code, output]).toEqual([0, expect.stringContaining('is whole')])
    const listed = readFileSync(join(data, 'erasures'), 'utf8').split('\n').filter(Boolean)
    expect(new Set(listed).size).toBe(ACCOUNTS)
  })
})
