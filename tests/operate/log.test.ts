import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databaseIn } from '@keyhaven/stage/databases/databases'
import { keyhaven, run, until } from '@keyhaven/stage/processes/process'
import { startService } from '@keyhaven/stage/processes/running-service'
import type { RunningService } from '@keyhaven/stage/processes/running-service'

let service: RunningService
beforeAll(async () => {
  service = await startService({ environment: { KEYHAVEN_TRUST_PROXY: '127.0.0.2' } })
})
afterAll(() => service?.close())

function lines(of = service): Record<string, unknown>[] {
  const texts = of.process.output().split('\n')
  return texts
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

const nobody = (headers: Record<string, string> = {}, of = service): Promise<Response> =>
  fetch(`${of.address}/accounts`, { headers })

describe('the log', () => {
  it('names a refused request as its answer does, with the reason (16.3.2)', async () => {
    const bearer = { authorization: 'Bearer one.two.three' }
    const response = await nobody(bearer)
    expect(response.status).toBe(401)
    const id = response.headers.get('x-request-id') ?? ''
    expect(id).toMatch(/^[\w-]{36}$/)
    await until('it is logged', () => lines().some(({ request }) => request === id))
    const line = lines().find(({ request }) => request === id)
    expect(line).toMatchObject({ route: 'GET /accounts', msg: 'refused', code: 'token_invalid' })
    expect(String(line?.['reason'])).not.toBe('undefined')
    expect(JSON.stringify(line)).not.toContain('two')
  })

  it('takes a request’s name from a trusted proxy alone', async () => {
    const named = { 'x-request-id': 'request-of-the-proxy' }
    expect((await nobody(named)).headers.get('x-request-id')).not.toBe('request-of-the-proxy')
    const trusting = await startService({ environment: { KEYHAVEN_TRUST_PROXY: '127.0.0.1' } })
    const ask = (id: string): Promise<Response> => nobody({ 'x-request-id': id }, trusting)
    const given = await ask('request-of-the-proxy')
    expect(given.headers.get('x-request-id')).toBe('request-of-the-proxy')
    for (const odd of ['short', 'with blank inside', '"}{"level":"fatal"', 'a'.repeat(65)]) {
      expect((await ask(odd)).headers.get('x-request-id')).not.toBe(odd)
    }
    await trusting.close()
  })

  it('is JSON from its first line, whose levels have their names; `answered` is at debug (operator 17)', async () => {
    const settings = { KEYHAVEN_LOG_LEVEL: 'debug' }
    const chatty = await startService({ environment: settings })
    await until('it is logged', () => lines(chatty).some(({ msg }) => msg === 'answered'))
    const texts = chatty.process.output().trim().split('\n')
    expect(texts.filter((line) => !line.startsWith('{'))).toEqual([
      `keyhaven: ready at ${chatty.issuer}`,
    ])
    const [first] = lines(chatty)
    expect(first).toMatchObject({ level: 'info', msg: expect.stringMatching(/^version \d/) })
    expect(lines(chatty)).toContainEqual(
      expect.objectContaining({ msg: `ready at ${chatty.issuer}` }),
    )
    const answered = lines(chatty).find(({ msg }) => msg === 'answered')
    expect(answered).toMatchObject({ level: 'debug', status: 200, ms: expect.any(Number) })
    expect(lines().some(({ msg }) => msg === 'answered')).toBe(false)
    // `ss` and `ps` show a name of its own
    const name = readFileSync(`/proc/${chatty.process.pid}/comm`, 'utf8')
    expect(name).toBe('keyhaven\n')
    await chatty.close()
  })

  it('is text on a terminal (operator 17)', async () => {
    const data = mkdtempSync(join(tmpdir(), 'keyhaven-terminal-'))
    const environment = {
      KEYHAVEN_DATA: data,
      KEYHAVEN_DATABASE: await databaseIn(data),
      KEYHAVEN_PORT: '0',
    }
    // Standard error is a terminal below `script`
    const command = `echo pid $$; exec ${[...keyhaven, 'start'].join(' ')}`
    const shown = run(['script', '-qec', command, '/dev/null'], { environment })
    await until('it is ready', () => shown.output().includes('ready at'))
    const [pid = '', ...texts] = shown.output().trim().split(/\r?\n/)
    process.kill(Number(pid.replace('pid ', '')))
    expect(await shown.exited).toBe(0)
    expect(texts.filter((line) => line.includes('ready at'))).toHaveLength(1)
    for (const line of texts.slice(0, 4)) expect(line).toMatch(/^keyhaven: [^{]/)
    rmSync(data, { recursive: true })
  })

  it('has the check, the origin that was seen and the client of a refusal, in printable characters (operator 14, attacks 17)', async () => {
    const seen = {
      origin: 'https://evil\u009B31m\u0085\u00AD.example',
      'sec-fetch-site': 'cross-site',
    }
    const body = JSON.stringify({ login: 'a@example.com', password: 'not the password' })
    const json = { 'content-type': 'application/json' }
    await fetch(`${service.address}/sessions`, {
      method: 'POST',
      headers: { ...seen, ...json },
      body,
    })
    await fetch(`${service.address}/sessions`, {
      method: 'OPTIONS',
      headers: { origin: 'https://other.example', 'access-control-request-method': 'POST' },
    })
    await fetch(`${service.address}/no/such/route?token=secret`)
    const found = (wanted: object): boolean =>
      lines().some((line) => Object.entries(wanted).every(([name, value]) => line[name] === value))
    const refused = { msg: 'refused', address: '127.0.0.1' }
    const call = { route: 'POST /sessions', code: 'csrf_failed', check: 'origin' }
    const origin = { origin: seen.origin, site: seen['sec-fetch-site'] }
    await until('all are logged', () =>
      [
        { ...refused, ...call, ...origin },
        { ...refused, code: 'not_found', path: '/auth/no/such/route' },
        { origin: 'https://other.example', address: '127.0.0.1' },
      ].every(found),
    )
    const text = service.process.output()
    expect(text).not.toContain('token=secret')
    expect(text).toContain('https://evil\\u009b31m\\u0085\\u00ad.example')
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
  })

  it('stays short in a flood of refusals, all of which are counted (D14)', async () => {
    const key = (await service.command(['guards', 'add', 'watcher'])).output.match(/khg_\w+/)?.[0]
    const refused = async (): Promise<number> => {
      const headers = { authorization: `Bearer ${key}` }
      const text = await (await fetch(`${service.address}/metrics`, { headers })).text()
      return Number(/^keyhaven_refusals_total\{code="not_signed_in"\} (\d+)$/m.exec(text)?.[1])
    }
    await until('the key is known', async () => (await refused()) >= 0)
    const [before, counted] = [lines().length, await refused()]
    for (let at = 0; at < 50; at++) await Promise.all(Array.from({ length: 40 }, () => nobody()))
    expect((await refused()) - counted).toBe(2000)
    expect(lines().length - before).toBeLessThan(20)
  })
})
