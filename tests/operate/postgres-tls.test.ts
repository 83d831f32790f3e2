import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeCertificate } from '@keyhaven/stage/proxies/https-sites'
import { startPostgres } from '@keyhaven/stage/databases/postgres'
import type { Postgres } from '@keyhaven/stage/databases/postgres'
import { keyhaven, run, until } from '@keyhaven/stage/processes/process'
import { startService } from '@keyhaven/stage/processes/running-service'

const folder = mkdtempSync(join(tmpdir(), 'keyhaven-tls-'))
const installation = { KEYHAVEN_MASTER_KEY: randomBytes(32).toString('base64url') }
const authority = join(folder, 'authority.pem')
let postgres: Postgres

beforeAll(async () => {
  const { certificate, key } = await makeCertificate(['localhost'])
  writeFileSync(authority, certificate)
  postgres = await startPostgres({ durable: false, tls: { certificate, key } })
})
afterAll(() => {
  postgres?.close()
  rmSync(folder, { recursive: true, force: true })
})

const url = (host: string, parameters: string): string =>
  `postgres://postgres@${host}:${postgres.port}/postgres?${parameters}`

async function asOperator(statement: string): Promise<void> {
  const { port } = postgres
  const place = { host: '127.0.0.1', port, user: 'postgres', database: 'postgres' }
  const client = new Client({ ...place, ssl: { rejectUnauthorized: false } })
  await client.connect()
  await client.query(statement)
  await client.end()
}

/** Starts a service on this database, and waits for its end. */
async function refused(database: string): Promise<{ code: number | null; output: string }> {
  const environment = {
    KEYHAVEN_URL: 'http://localhost:2/auth',
    KEYHAVEN_DATA: mkdtempSync(join(folder, 'data-')),
    KEYHAVEN_DATABASE: database,
  }
  const started = run([...keyhaven, 'start'], { environment })
  return { code: await started.exited, output: started.output() }
}

const bound = `sslmode=verify-full&channel_binding=require&sslrootcert=AUTHORITY`

describe('a PostgreSQL that speaks TLS alone', () => {
  it('is reached if its certificate is verified and the password is bound to it, and start-up reports it (reports F10)', async () => {
    await asOperator("create role bound superuser login password 'correct horse'")
    const database = url('localhost', bound.replace('AUTHORITY', authority))
    const environment = {
      ...installation,
      KEYHAVEN_DATABASE: database.replace('postgres@', 'bound:correct%20horse@'),
    }
    const service = await startService({ url: 'http://localhost:2/auth', environment })
    // It answers before its last lines have come through the pipe
    const line = /the database postgres at localhost:\d+, reached over TLS"/
    await until('start-up reports it', () => line.test(service.process.output()))
    await service.close()
  })
  it.each([
    ['in plain', '127.0.0.1', 'sslmode=disable', 'correct its user, or let that user in from here'],
    [
      'without its authority',
      'localhost',
      'sslmode=verify-full',
      'name the certificate of its authority',
    ],
    [
      'as another host',
      '127.0.0.1',
      'sslmode=verify-full&sslrootcert=AUTHORITY',
      'name the host as its certificate does',
    ],
    ['without a password to bind', 'localhost', bound, 'sign in with scram-sha-256, or set'],
  ])('refuses to be reached %s: exit 78', async (_, host, parameters, sentence) => {
    const { code, output } = await refused(url(host, parameters.replace('AUTHORITY', authority)))
    expect(output).toContain(sentence)
    expect(code).toBe(78)
  })
  it('is reached without verification if the URL allows it, and start-up reports that', async () => {
    const environment = {
      ...installation,
      KEYHAVEN_DATABASE: url('127.0.0.1', 'sslmode=no-verify'),
    }
    const service = await startService({ url: 'http://localhost:2/auth', environment })
    const line = 'over TLS without verifying the server'
    await until('start-up warns', () => service.process.output().includes(line))
    await service.close()
  })
})
