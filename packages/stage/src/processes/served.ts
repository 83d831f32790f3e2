import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineAccess } from '@keyhaven/core/access'
import type { AnyAccess } from '@keyhaven/core/access'
import { changeIn, databaseIn } from '../databases/databases.ts'
import { unreachable } from '../databases/queued-mails.ts'
import { createKeyhaven } from '@keyhaven/server'
import { testLog } from './log.ts'
import type { Keyhaven, KeyhavenOptions } from '@keyhaven/server'

const access: AnyAccess = defineAccess({
  scopes: ['notes:read', 'notes:write'],
  roles: { member: ['notes:read'], editor: ['notes:*'] },
  defaultRoles: ['member'],
})

/** A new data folder; its test removes it. */
export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'keyhaven-feed-'))

/** A service in this process, on a real port. */
export interface Service {
  readonly keyhaven: Keyhaven
  readonly issuer: string
  readonly address: string
  readonly data: string
  close(): Promise<void>
}

/** Starts a service in this process on a data folder. */
export async function serve(
  data: string,
  options: Partial<KeyhavenOptions> = {},
): Promise<Service> {
  const environment = { NODE_ENV: 'test' }
  const database = await databaseIn(data)
  // Each person of a test signs in on a new device, and most tests look at other mails
  const notices = 'off'
  const made = { data, database, folder: data, access, environment, notices, log: testLog() }
  const { KEYHAVEN_MAIL: mailServer } = options.environment ?? {}
  // Its mails stay in the queue, where the test reads them
  const sendMail = mailServer === unreachable.KEYHAVEN_MAIL ? 'elsewhere' : undefined
  const keyhaven = await createKeyhaven({ ...made, ...(sendMail && { sendMail }), ...options })
  const server: Server = createServer((request, response) => {
    void keyhaven.listener(request, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    keyhaven,
    issuer: keyhaven.issuer,
    data,
    address: `http://127.0.0.1:${port}/auth`,
    close: async () => {
      keyhaven.endStreams()
      server.closeAllConnections()
      server.close()
      await keyhaven.close()
    },
  }
}

/** Writes entries as another process would: in one transaction, beside the service. */
export async function writeEntries(
  { data }: Pick<Service, 'data'>,
  count: number,
  end = Date.now() + 600_000,
): Promise<void> {
  const rows = Array.from({ length: count }, (_, at) => `(${at + 1}, 'entry-${randomUUID()}')`)
  await changeIn(
    await databaseIn(data),
    `update revocation_counter set seq = seq + ${count}`,
    // One read of the counter: PostgreSQL takes seconds to plan one for each of thousands of rows
    `insert into revocations (seq, kind, id, code, until)
     select seq - ${count} + column1, 'jti', column2, 'token_expired', ${end}
     from revocation_counter, (values ${rows.join(', ')}) entries`,
  )
}
