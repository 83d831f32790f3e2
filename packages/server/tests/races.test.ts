import { rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { doses } from '../../../tests/doses.ts'
import { bearer, newPerson, password, send, signIn } from '@keyhaven/stage/http/person'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Person } from '@keyhaven/stage/http/person'
import type { Service } from '@keyhaven/stage/processes/served'
import { setCookies } from '@keyhaven/stage/http/set-cookies'

let service: Service

beforeAll(async () => {
  service = await serve(newFolder(), { accessTtl: '20s', idle: '40s' })
})
afterAll(async () => {
  await service.close()
  rmSync(service.data, { recursive: true })
})

/** The access token of an answer's cookies. */
function tokenOf(response: Response): string | undefined {
  return setCookies(response).find(({ name }) => name === 'keyhaven')?.value
}

/** Sends a call again and again until it is stopped; the answer of `stop` is every answer. */
function looping(call: () => Promise<Response>): { stop: () => Promise<Response[]> } {
  const answers: Response[] = []
  let stopped = false
  const loop = async (): Promise<void> => {
    while (!stopped) answers.push(await call())
  }
  const loops = Array.from({ length: 4 }, loop)
  return {
    stop: async () => {
      stopped = true
      await Promise.all(loops)
      return answers
    },
  }
}

const passwords = [password, 'another correct horse'] as const

/** The owner's change in a round, whose cookies the owner's browser keeps. */
async function changePassword(owner: Person, round: number): Promise<void> {
  const body = { current: passwords[round % 2], password: passwords[(round + 1) % 2] }
  expect((await owner.ask(`PUT /accounts/${owner.id}/password`, body)).status).toBe(204)
}

/** One process has no race on SQLite: its writers take turns. */
const rounds = inject('postgres') === undefined ? 2 : doses.races

const opens = async (token: string): Promise<boolean> =>
  (await send(service, 'GET /user/current', { headers: bearer(token) })).ok

const jtiOf = (token: string): string =>
  (JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { jti: string })
    .jti

/** What a copied cookie may be used for while the owner changes the password. */
const calls = {
  'POST /sessions/current/renew': (headers: Person['headers']) =>
    send(service, 'POST /sessions/current/renew', { headers }),
  'GET /user/current': ({ cookie = '', ...headers }: Person['headers']) =>
    send(service, 'GET /user/current', {
      // Without an access token every question is a renewal
      headers: { ...headers, cookie: cookie.replace(/keyhaven=[^;]*(; )?/, '') },
    }),
}

describe('a copied session cookie that is used during a password change (attacks 1)', () => {
  for (const [name, call] of Object.entries(calls)) {
    it(`receives nothing by ${name} that counts afterwards`, async () => {
      const owner = await newPerson(service)
      for (let round = 0; round < rounds; round++) {
        const copy = owner.headers
        const loops = looping(() => call(copy))
        await sleep(10)
        await changePassword(owner, round)
        const { token: kept } = owner
        const answers = await loops.stop()
        const tokens = answers.flatMap((answer) => tokenOf(answer) ?? [])
        expect(await opens(kept)).toBe(true)
        for (const token of new Set(tokens)) {
          expect(jtiOf(token)).not.toBe(jtiOf(kept))
          expect(await opens(token)).toBe(false)
        }
      }
    })
  }
})

describe('a sign-out, a lock and a renewal at once', () => {
  it('leave no token that opens anything', async () => {
    for (let round = 0; round < rounds; round++) {
      const owner = await newPerson(service)
      const loops = looping(() => send(service, 'POST /sessions/current/renew', { person: owner }))
      const other = await signIn(service, owner.email)
      await Promise.all([
        send(service, 'DELETE /sessions/current', { person: other }),
        service.keyhaven.accounts.lock(owner.id, 'a race'),
      ])
      const tokens = (await loops.stop()).flatMap((answer) => tokenOf(answer) ?? [])
      for (const token of [...tokens, other.token]) expect(await opens(token)).toBe(false)
    }
  })
})
