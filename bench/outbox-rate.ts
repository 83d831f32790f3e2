/**
 * How fast one service delivers what waits in its outbox, on both engines: notices of events, and mails to an SMTP
 * server. Meanwhile nothing else runs.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { changeIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { startPostgres } from '@keyhaven/stage/databases/postgres'
import { startMailServer } from '@keyhaven/stage/mail/mail-server'
import type { MailServer } from '@keyhaven/stage/mail/mail-server'
import { load, send } from './lib/load.ts'
import { machine } from './lib/measure.ts'
import { keyhavenServer, loadOnSecondCore } from './lib/servers.ts'

const ACCOUNTS = 1000
const EVENTS = 20_000
const MAILS = 1000
/** An account has five links at most, so each gets five mails. */
const RECIPIENTS = 200
const EVENT = 'role.assigned'

async function measure(engine: string, database: string, mail: MailServer): Promise<void> {
  const environment = {
    KEYHAVEN_DATABASE: database,
    KEYHAVEN_MAIL: mail.url,
    KEYHAVEN_MAIL_FROM: 'no-reply@example.com',
    KEYHAVEN_MAIL_PER_HOUR: '1000000',
  }
  const server = await keyhavenServer({ environment })
  const left = async (table: string): Promise<number> =>
    Number((await rowsIn(database, `select count(*) as n from ${table}`))[0]?.['n'])
  /** Rows a second until none is left. */
  const drained = async (table: string, rows: number): Promise<number> => {
    const began = performance.now()
    while ((await left(table)) > 0) await sleep(20)
    return (rows * 1000) / (performance.now() - began)
  }

  await sleep(1000)
  const values = (from: number): string =>
    Array.from(
      { length: 1000 },
      (_, at) => `('notices', '${EVENT}', 'account-${(from + at) % ACCOUNTS}', ${Date.now()})`,
    ).join(', ')
  const inserts = Array.from(
    { length: EVENTS / 1000 },
    (_, at) =>
      `insert into outbox (consumer, event, account_id, written_at) values ${values(at * 1000)}`,
  )
  await changeIn(database, ...inserts)
  const events = await drained('outbox', EVENTS)

  for (let at = 0; at < RECIPIENTS; at++) {
    const headers = { origin: server.origin, 'x-forwarded-for': `10.1.0.${at}` }
    const body = { email: `person${at}@example.com`, password: 'correct horse battery' }
    const url = `${server.address}/accounts`
    const { status, body: text } = await send({ method: 'POST', url, headers, body })
    if (status !== 201) throw new Error(text)
  }
  await mail.stop()
  let count = 0
  while (count < MAILS) {
    const answers = await load(
      (at) => ({
        method: 'POST',
        url: `${server.address}/password-resets`,
        headers: {
          origin: server.origin,
          'x-forwarded-for': `10.2.${((count + at) >> 8) & 255}.${(count + at) & 255}`,
        },
        body: { email: `person${(count + at) % RECIPIENTS}@example.com` },
      }),
      { connections: 8, seconds: 0.5, status: 202 },
    )
    count += answers.length
  }
  await sleep(500)
  const waiting = await left('mails')
  const before = mail.mails.length
  await mail.start()
  await changeIn(database, 'update mails set retry_at = 0')
  const mails = await drained('mails', waiting)
  const arrived = mail.mails.length - before
  await server.stop()
  console.log(
    `  ${engine.padEnd(12)} ${events.toFixed(0).padStart(6)} events a second (${EVENTS}), ${mails.toFixed(0).padStart(5)} mails a second (${waiting} waited, ${arrived} arrived)`,
  )
}

console.log(`\nThe outbox of one service on one core (${machine()})`)
loadOnSecondCore()
const mail = await startMailServer()
const folder = mkdtempSync(join(tmpdir(), 'keyhaven-bench-'))
await measure('SQLite', join(folder, 'keyhaven.sqlite'), mail)
const postgres = await startPostgres({ durable: true })
await measure('PostgreSQL', postgres.url('postgres'), mail)
postgres.close()
rmSync(folder, { recursive: true })
process.exit()
