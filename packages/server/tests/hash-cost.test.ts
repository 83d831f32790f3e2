import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { newPerson, password, send } from '@keyhaven/stage/http/person'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Service } from '@keyhaven/stage/processes/served'

/** Networks that sign up at once, more than there is room for in the queue. */
const NETWORKS = 80

let service: Service
beforeAll(async () => {
  const environment = { NODE_ENV: 'test', KEYHAVEN_TRUST_PROXY: '127.0.0.1' }
  service = await serve(newFolder(), { environment })
})
afterAll(async () => {
  await service?.close()
  if (service) rmSync(service.data, { recursive: true })
})

/** A call from a network of its own. */
async function statusOf(from: string, call: string, body: object): Promise<number> {
  const headers = { 'x-forwarded-for': from }
  return (await send(service, call, { headers, body })).status
}

describe('a password', () => {
  it('is stored as an argon2id hash at the cost that OWASP recommends', async () => {
    await newPerson(service)
    const hashes = await rowsIn(
      await databaseIn(service.data),
      'select password_hash from accounts',
    )
    expect(hashes.map((row) => String(row['password_hash']).split('$').slice(1, 4))).toEqual([
      ['argon2id', 'v=19', 'm=19456,t=2,p=1'],
    ])
  })
})

describe('a flood of sign-ups', () => {
  it('takes no place from sign-in, however many networks it comes from (source 8)', async () => {
    const { email } = await newPerson(service)
    let over = false
    const flood = Array.from({ length: NETWORKS }, async (_, at) => {
      const seen: number[] = []
      while (!over) {
        const from = `198.51.${at}.${seen.length % 250}`
        seen.push(await statusOf(from, 'POST /accounts', { email, password }))
      }
      return seen
    })
    const signIns: number[] = []
    while (signIns.length < 5) {
      signIns.push(await statusOf('192.0.2.1', 'POST /sessions', { login: email, password }))
    }
    over = true
    expect(signIns).toEqual([201, 201, 201, 201, 201])
    // It was a flood: there was no room for all of it
    expect((await Promise.all(flood)).flat()).toContain(503)
  })
})
