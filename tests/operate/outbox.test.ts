import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { doses } from '../doses.ts'
import { changeIn, databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { until } from '@keyhaven/stage/processes/process'
import { startService } from '@keyhaven/stage/processes/running-service'
import type { RunningService } from '@keyhaven/stage/processes/running-service'
import { startMailServer } from '@keyhaven/stage/mail/mail-server'
import { password, send, signIn, signUp } from '@keyhaven/stage/http/person'
import type { Person } from '@keyhaven/stage/http/person'

const KILLS = doses.outboxKills
const MAILS = Math.min(2 * KILLS, 60)

const folder = mkdtempSync(join(tmpdir(), 'keyhaven-outbox-'))
const services: RunningService[] = []
afterAll(async () => {
  for (const service of services) await service.close()
  rmSync(folder, { recursive: true, force: true })
})

describe('kill -9 of a process that delivers the outbox (D09)', () => {
  it(
    `loses no event and no mail, delivers no event twice, ${KILLS} times, and another process goes on`,
    async () => {
      const database = await databaseIn(folder)
      const mail = await startMailServer()
      const environment = {
        KEYHAVEN_MAIL: mail.url,
        KEYHAVEN_MAIL_FROM: 'no-reply@example.com',
        KEYHAVEN_NOTICES: 'off',
        KEYHAVEN_DATABASE: database,
        KEYHAVEN_MASTER_KEY: randomBytes(32).toString('base64url'),
      }
      // Nothing listens at this address: the test calls each process at its own port, without a proxy
      const start = () => startService({ url: 'http://localhost:2/auth', environment })
      services.push(await start(), await start())
      const email = 'root@example.com'
      const create = ['accounts', 'create', '--email', email, '--role', 'admin']
      expect(await services[0]?.command(create, password)).toMatchObject({ code: 0 })
      const admin = await signIn(serviceAt(0), email)
      const people: Person[] = []
      for (let at = 0; at < 4; at++) people.push(await signUp(serviceAt(at)))
      // Mails that are sent while processes are killed, half of them in a second each
      await mail.stop()
      const mailed = [
        await signUp(serviceAt(0)),
        await signUp(serviceAt(1), { email: 'slow@a.example' }),
      ]
      for (let at = 0; at < MAILS; at++) {
        const person = mailed[at % 2] as Person
        const call = `PUT /accounts/${person.id}/password`
        const changed = await person.ask(call, { current: password, password })
        expect(changed.status).toBe(204)
      }
      await mail.start()
      await changeIn(database, 'update mails set retry_at = 0')
      // Each account is given a role and loses it again, at the process that is there
      let over = false
      let turn = 0
      const acknowledged = new Map<string, number>()
      const work = async ({ id }: Person): Promise<void> => {
        // An account that may have the role already is given nothing
        let lacks = true
        while (!over) {
          const at = serviceAt(turn++)
          const call = `/accounts/${id}/roles/support`
          const given = await send(at, `PUT ${call}`, { person: admin }).catch(() => undefined)
          if (lacks && given?.status === 204) acknowledged.set(id, (acknowledged.get(id) ?? 0) + 1)
          const taken = await send(at, `DELETE ${call}`, { person: admin }).catch(() => undefined)
          lacks = taken?.status === 204
        }
      }
      const working = people.map(work)
      const delivered = deliveries(database)
      let left = 0
      let kills = 0
      // One at least comes before a row is delivered
      for (; kills < KILLS || left === 0; kills++) {
        const at = kills % 2
        await until('something was delivered', async () => (await delivered.read()) > 0)
        await serviceAt(at).process.stop('SIGKILL')
        left += (await rowsIn(database, 'select id from outbox')).length
        services[at] = await start()
      }
      await until('each was given a role', () => acknowledged.size === people.length)
      over = true
      await Promise.all(working)
      const waiting = (): Promise<unknown[]> => rowsIn(database, 'select id from outbox')
      await until('nothing is left', async () => (await waiting()).length === 0)
      await delivered.read()
      const mails = (more = ''): Promise<unknown[]> =>
        rowsIn(database, `select id from mails ${more}`)
      const isClaimed = 'where claimed_until > 0'
      await until('others are claimed', async () => {
        return (await mails(isClaimed)).length === (await mails()).length
      })
      // The claims of processes that were killed end
      await changeIn(database, 'update mails set claimed_until = 0, retry_at = 0')
      await until('no mail is left', async () => (await mails()).length === 0)
      const sent = new Set(mail.mails.map(({ headers }) => headers.get('message-id')))
      expect(sent.size).toBe(MAILS)
      // A process has two mails that it may have sent when it is killed
      expect(mail.mails.length).toBeLessThanOrEqual(MAILS + 2 * kills)
      await mail.stop()
      const recorded = await rowsIn(
        database,
        "select account_id, count(*) as count from audit where action = 'role.assigned' group by account_id",
      )
      const happened = new Map(recorded.map((row) => [row['account_id'], Number(row['count'])]))
      expect(delivered.counts()).toEqual(happened)
      for (const [id, count] of acknowledged) {
        expect(happened.get(id)).toBeGreaterThanOrEqual(count)
      }
    },
    240_000 + KILLS * 10_000,
  )
})

function serviceAt(turn: number): RunningService {
  const service = services[turn % 2]
  if (service === undefined) throw new Error('the services have not started')
  return service
}

/** Reads the notices of accounts as a process does: those after the last that it has read. */
function deliveries(database: string) {
  const counts = new Map<unknown, number>()
  let after = 0
  return {
    counts: () => counts,
    /** The answer is how many it has found. */
    read: async (): Promise<number> => {
      const rows = await rowsIn(
        database,
        `select number, account_id from notices where number > ${after} order by number`,
      )
      expect(rows.map(({ number }) => Number(number))).toEqual(rows.map((_, at) => after + 1 + at))
      after += rows.length
      for (const { account_id: id } of rows) counts.set(id, (counts.get(id) ?? 0) + 1)
      return rows.length
    },
  }
}
