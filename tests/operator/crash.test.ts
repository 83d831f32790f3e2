import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { answers, freePort, keyhaven, run, until } from '../stage/process.ts'
import type { Running } from '../stage/process.ts'

/** Kills in a short run; `KEYHAVEN_KILLS` makes it a long one. */
const KILLS = Number(process.env['KEYHAVEN_KILLS'] ?? 12)

const data = mkdtempSync(join(tmpdir(), 'keyhaven-crash-'))
afterAll(() => rmSync(data, { recursive: true, force: true }))

const password = 'correct horse battery'

/** What was acknowledged: it must hold after every kill. */
interface Known {
  readonly email: string
  readonly cookie: string
  readonly xsrf: string
  ended: boolean
}

describe('kill -9 during sign-ups, sign-ins and sign-outs (D09, S19)', () => {
  it(
    `loses nothing that was acknowledged, ${KILLS} times`,
    async () => {
      const port = await freePort()
      const issuer = `http://localhost:${port}/auth`
      const environment = { KEYHAVEN_URL: issuer, KEYHAVEN_PORT: String(port), KEYHAVEN_DATA: data }
      const start = async (): Promise<Running> => {
        const service = run([...keyhaven, 'start'], { environment })
        await until('the service answers', () => answers(`${issuer}/health/ready`))
        return service
      }
      const send = (path: string, method: string, more: { body?: object; headers?: object } = {}) =>
        fetch(issuer + path, {
          method,
          headers: {
            origin: new URL(issuer).origin,
            'content-type': 'application/json',
            ...more.headers,
          },
          ...(more.body && { body: JSON.stringify(more.body) }),
        }).catch(() => undefined)
      const known: Known[] = []
      let count = 0

      const keep = async (response: Response | undefined, email: string): Promise<void> => {
        if (response?.status !== 201) return
        const cookie = response.headers
          .getSetCookie()
          .map((line) => line.split(';')[0])
          .join('; ')
        const view = (await response.json().catch(() => undefined)) as
          | { xsrfToken: string }
          | undefined
        if (view) known.push({ email, cookie, xsrf: view.xsrfToken, ended: false })
      }
      const work = async (stop: () => boolean): Promise<void> => {
        while (!stop()) {
          const email = `person${++count}@example.com`
          await keep(await send('/accounts', 'POST', { body: { email, password } }), email)
          const old = known[Math.floor(count / 2)]
          if (old === undefined || old.ended) continue
          await keep(
            await send('/sessions', 'POST', { body: { login: old.email, password } }),
            old.email,
          )
          const headers = { cookie: old.cookie, 'x-xsrf-token': old.xsrf }
          const left = await send('/sessions/current', 'DELETE', { headers })
          if (left?.status === 204) old.ended = true
        }
      }

      let killed = 0
      for (; killed < KILLS; killed++) {
        const service = await start()
        let stopped = false
        const workers = [work(() => stopped), work(() => stopped), work(() => stopped)]
        await new Promise((resolve) => setTimeout(resolve, 120 + Math.random() * 250))
        expect(await service.stop('SIGKILL')).toBeNull()
        stopped = true
        await Promise.all(workers)
      }
      const service = await start()
      let alive = 0
      for (const { cookie, ended } of known) {
        const response = await send('/user/current', 'GET', { headers: { cookie } })
        // What was being ended when the kill came may have ended: only what was acknowledged is certain
        if (ended) expect(response?.status, 'an acknowledged sign-out holds').toBe(401)
        else if (response?.status === 200) alive++
      }
      for (const email of new Set(known.map((one) => one.email))) {
        const response = await send('/sessions', 'POST', { body: { login: email, password } })
        expect(response?.status, `${email} was acknowledged`).toBe(201)
      }
      expect(known.length).toBeGreaterThan(KILLS)
      const ended = known.filter((one) => one.ended).length
      process.stdout.write(
        `crash: ${killed} kills; ${known.length} sign-ins acknowledged, ${ended} sign-outs, ${alive} sessions alive: all hold\n`,
      )
      await service.stop()
    },
    120_000 + KILLS * 5000,
  )
})
