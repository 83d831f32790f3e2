import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '@keyhaven/stage/processes/process'
import { startService } from '@keyhaven/stage/processes/running-service'
import type { RunningService } from '@keyhaven/stage/processes/running-service'
import { signUp } from '@keyhaven/stage/http/person'

let service: RunningService
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.close())

/** Opens the page's event stream and keeps what it says. */
async function listen(cookie: string): Promise<{ text: () => string; closed: () => boolean }> {
  const response = await fetch(`${service.address}/sessions/current/events`, {
    headers: { cookie },
  })
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('text/event-stream')
  let text = ''
  let closed = false
  const read = async (): Promise<void> => {
    for await (const chunk of response.body ?? []) text += Buffer.from(chunk).toString()
    closed = true
  }
  read().catch(() => {
    closed = true
  })
  await until('the stream begins', () => text.includes('listening'))
  return { text: () => text, closed: () => closed }
}

describe('GET /sessions/current/events', () => {
  it('reports the session’s end, whatever ended it, and closes', async () => {
    const { cookie } = await signUp(service, { email: 'a@example.com' })
    const events = await listen(cookie)
    await service.command(['accounts', 'lock', 'a@example.com', '--reason', 'test'])
    await until('the event arrives', () => events.text().includes('event: ended'))
    expect(events.text()).toContain('data: {"code":"account_locked"}')
    await until('it closes', events.closed)
  })
  it('refuses a page of another origin, though the cookie comes along (X26)', async () => {
    const { cookie } = await signUp(service, { email: 'x@example.com' })
    for (const headers of [
      { cookie, origin: 'https://evil.example' },
      { cookie, 'sec-fetch-site': 'cross-site' },
      { cookie, 'sec-fetch-site': 'same-site' },
    ]) {
      const path = `${service.address}/sessions/current/events`
      const response = await fetch(path, { headers })
      expect(response.status).toBe(403)
      expect(await response.json()).toMatchObject({ code: 'csrf_failed' })
    }
  })
  it('is for people only, and ends none of the twenty streams of a session for one more (attacks 10)', async () => {
    const url = `${service.address}/sessions/current/events`
    expect((await fetch(url)).status).toBe(401)
    const { cookie } = await signUp(service, { email: 'b@example.com' })
    const streams: Awaited<ReturnType<typeof listen>>[] = []
    for (let at = 0; at < 20; at++) streams.push(await listen(cookie))
    const refused = await fetch(url, { headers: { cookie } })
    expect(refused.status).toBe(429)
    expect(refused.headers.get('retry-after')).toBe('5')
    expect(await refused.json()).toMatchObject({ code: 'rate_limited' })
    expect(streams.some((one) => one.closed())).toBe(false)
  })
  it('does not keep the service from stopping', async () => {
    const other = await startService()
    const before = service
    service = other
    const { cookie } = await signUp(service, { email: 'c@example.com' })
    const events = await listen(cookie)
    expect(await other.process.stop()).toBe(0)
    expect(events.closed()).toBe(true)
    service = before
    await other.close()
  })
})
