import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { setTimeout as sleep } from 'node:timers/promises'
import { doses } from '../doses.ts'
import { root, run } from '@keyhaven/stage/processes/process'
import { startService } from '@keyhaven/stage/processes/running-service'
import type { RunningService } from '@keyhaven/stage/processes/running-service'
import type { Drop, Storm } from '@keyhaven/stage/http/storm'
import { signUp } from '@keyhaven/stage/http/person'

const SECONDS = doses.overloadSeconds

const password = 'correct horse battery'
const logins = Array.from({ length: 20 }, (_, index) => `person${index}@example.com`)
let service: RunningService
let origin: string

beforeAll(async () => {
  service = await startService({ environment: { KEYHAVEN_TRUST_PROXY: '127.0.0.1' } })
  origin = new URL(service.issuer).origin
})
afterAll(() => service?.close())

function post(path: string, body: object): Promise<Response> {
  return fetch(service.address + path, {
    method: 'POST',
    headers: { origin, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

async function storm(rate: number, seconds: number): Promise<Drop[]> {
  const { address } = service
  const input: Storm = { address, origin, logins, password, rate, seconds }
  const crowd = run([process.execPath, join(root, 'packages/stage/src/http/storm.ts')], {
    input: JSON.stringify(input),
  })
  expect(await crowd.exited, crowd.output()).toBe(0)
  return JSON.parse(crowd.output()) as Drop[]
}

/** Sign-ins that this machine lets in within a second while nobody asks for more. */
async function capacity(): Promise<number> {
  const began = performance.now()
  const once = async (): Promise<void> => {
    for (let at = 0; at < 10; at++) {
      const login = logins[at]
      expect((await post('/sessions', { login, password })).status).toBe(201)
    }
  }
  await Promise.all(Array.from({ length: 4 }, once))
  return (40 * 1000) / (performance.now() - began)
}

describe('more sign-ins than the cores can hash (P11, R96)', () => {
  it(`refuses fast, finishes the sign-ins it accepts, and answers all other requests, for ${SECONDS} s`, async () => {
    for (const email of logins) {
      expect((await post('/accounts', { email, password })).status).toBe(201)
    }
    // Somebody who is signed in already, and who is none of the crowd
    const { cookie } = await signUp(service, { email: 'present@example.com' })
    const rate = Math.ceil(10 * (await capacity()))
    let over = false
    const waits: number[] = []
    const watch = async (): Promise<void> => {
      while (!over) {
        const began = performance.now()
        const current = await fetch(`${service.address}/user/current`, {
          headers: { cookie },
          signal: AbortSignal.timeout(5000),
        })
        expect(current.status).toBe(200)
        await current.arrayBuffer()
        waits.push(performance.now() - began)
        await sleep(50)
      }
    }
    const watching = watch()
    const drops = await storm(rate, SECONDS).finally(() => (over = true))
    await watching

    const kinds = Map.groupBy(drops, ({ what }) => what)
    const accepted = kinds.get('201') ?? []
    const refused = kinds.get('503 overloaded') ?? []
    process.stdout.write(
      `${rate} sign-ins a second for ${SECONDS} s: ${accepted.length} let in (${times(accepted)}), ` +
        `${refused.length} refused (${times(refused)}); /user/current ${waits.length} times, longest ${Math.max(...waits).toFixed(0)} ms\n`,
    )
    expect([...kinds.keys()].toSorted()).toEqual(['201', '503 overloaded'])
    expect(accepted.length).toBeGreaterThan(SECONDS)
    expect(waits.length).toBeGreaterThan(SECONDS)
    expect(refused.every(({ retryAfter = 0 }) => retryAfter > 0)).toBe(true)
    expect(middle(refused)).toBeLessThan(1000)
    expect(service.process.output()).not.toContain('"level":"error"')
  })
})

function middle(drops: readonly Drop[]): number {
  return drops.map((drop) => drop.milliseconds).toSorted((a, b) => a - b)[drops.length >> 1] ?? 0
}

function times(drops: readonly Drop[]): string {
  const longest = Math.max(0, ...drops.map((drop) => drop.milliseconds))
  return `median ${middle(drops).toFixed(0)} ms, longest ${longest.toFixed(0)} ms`
}
