import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { databaseIn } from '@keyhaven/stage/databases/databases'
import { freePort, keyhaven, run, until } from '@keyhaven/stage/processes/process'
import { startService } from '@keyhaven/stage/processes/running-service'

const folder = mkdtempSync(join(tmpdir(), 'keyhaven-first-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A command in a working folder of its own, under the usual umask. */
function at(place: string, args: readonly string[], environment: Record<string, string> = {}) {
  mkdirSync(place, { recursive: true })
  const command = ['-c', 'umask 022; exec "$@"', 'sh', ...keyhaven, ...args]
  return run(['sh', ...command], { folder: place, environment, input: 'correct horse battery\n' })
}

async function ended(
  process: ReturnType<typeof run>,
): Promise<{ code: number | null; output: string }> {
  return { code: await process.exited, output: process.output() }
}

const needing = [
  ['accounts', 'lock', 'a@example.com', '--reason', 'x'],
  ['accounts', 'unlock', 'a@example.com'],
  ['accounts', 'reset-password', 'a@example.com'],
  ['accounts', 'list'],
  ['accounts', 'set-email', 'a@example.com', 'b@example.com'],
  ['accounts', 'roles', 'add', 'a@example.com', 'admin'],
  ['guards', 'list'],
  ['keys', 'rotate', '--emergency'],
  ['audit', 'verify'],
  ['restored'],
  ['backup', 'copy.sqlite'],
] as const

describe('a command that needs an installation', () => {
  it('makes none: exit 78 with one sentence, and nothing is written (operator 3)', async () => {
    const places = needing.map((_, index) => join(folder, `empty-${index}`))
    const results = await Promise.all(
      needing.map((args, index) => ended(at(places[index] ?? '', args))),
    )
    for (const [index, { code, output }] of results.entries()) {
      const data = join(places[index] ?? '', 'keyhaven-data')
      expect(output).toBe(
        `keyhaven: There is no installation in ${data}: set KEYHAVEN_DATA to the one that the service uses, or start the service first.\n`,
      )
      expect(code, needing[index]?.join(' ')).toBe(78)
      expect(readdirSync(places[index] ?? '')).toEqual([])
    }
  })
})

describe('the files that commands write', () => {
  it('are for this user only, under umask 022 too (reports F2, operator 2)', async () => {
    const place = join(folder, 'modes')
    const data = join(place, 'data')
    mkdirSync(data, { recursive: true, mode: 0o755 })
    const environment = {
      KEYHAVEN_DATA: data,
      KEYHAVEN_DATABASE: await databaseIn(data),
      KEYHAVEN_PORT: '0',
    }
    const service = at(place, ['start'], environment)
    await until('it is ready', () => service.output().includes('ready at'))
    const onFile = environment.KEYHAVEN_DATABASE.startsWith('/')
    const commands = [
      ['accounts', 'create', '--email', 'a@example.com'],
      ['audit', 'export', 'log.jsonl'],
      ['restored'],
      ...(onFile ? [['backup', 'copy.sqlite']] : []),
    ]
    const results = await Promise.all(commands.map((args) => ended(at(place, args, environment))))
    // By itself: it changes what the others are opened with
    results.push(await ended(at(place, ['keys', 'master', '--new-file', 'new.key'], environment)))
    const modes = [place, data].flatMap((one) =>
      readdirSync(one, { withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name }) => `${(statSync(join(one, name)).mode & 0o777).toString(8)} ${name}`),
    )
    expect(await service.stop()).toBe(0)
    // Without a terminal, what can't be undone needs a word
    const [asked] = results.splice(2, 1)
    expect(asked).toMatchObject({
      code: 2,
      output: expect.stringContaining('every user signs in again: confirm it with --yes'),
    })
    expect(results.map(({ code }) => code)).toEqual(results.map(() => 0))
    const written = ['log.jsonl', 'new.key', 'master.key', 'revocations.mark', 'audit.mark']
    if (onFile) written.push('copy.sqlite', 'keyhaven.sqlite', 'keyhaven.sqlite-wal')
    expect(modes).toEqual(expect.arrayContaining(written.map((name) => `600 ${name}`)))
    expect(modes.filter((line) => !line.startsWith('600 '))).toEqual([])
    expect((statSync(data).mode & 0o777).toString(8)).toBe('700')
  })
})

/** Runs one command to its end, on an installation that other tests may have made. */
async function command(args: readonly string[], more: Record<string, string> = {}) {
  const { KEYHAVEN_DATA = folder } = more
  const database = await databaseIn(KEYHAVEN_DATA)
  const environment = { ...more, KEYHAVEN_DATA, KEYHAVEN_DATABASE: database }
  return ended(run([...keyhaven, ...args], { environment }))
}

describe('keyhaven', () => {
  it.each([
    [['--help'], 0, 'Usage: keyhaven'],
    [['start', '--help'], 0, '--no-migrate'],
    [['accounts', 'create', '--help'], 0, '--json'],
    [['accounts', 'create'], 2, 'not specified: write it as in --email ada@example.com; --help'],
    [['accounts', 'lock', 'a@example.com', '--reason', ' '], 2, '--reason must not be empty'],
    [['accounts', 'lock', 'a@example.com'], 2, 'write it as in --reason "a stolen phone"'],
    [['keys', 'master'], 2, 'write it as in --new-file '],
  ])('%j exits %i and says what to do', async (args, code, sentence) => {
    const result = await command(args)
    expect(result.code).toBe(code)
    expect(result.output).toContain(sentence)
  })
  it('exits 78 with one sentence on a wrong configuration', async () => {
    const result = await command(['start'], { KEYHAVEN_IDLE: '1s' })
    expect(result).toEqual({
      code: 78,
      output:
        'keyhaven: KEYHAVEN_IDLE must not be shorter than KEYHAVEN_ACCESS_TTL: raise one or lower the other.\n',
    })
    const asJson = await command(['start', '--json'], { KEYHAVEN_IDLE: '1s' })
    expect(JSON.parse(asJson.output)).toMatchObject({ error: { code: 'configuration' } })
  })
})

describe('keyhaven start', () => {
  it('prints one line when it answers, and stops within 10 s of SIGTERM', async () => {
    const service = await startService()
    const printed = (line: string): boolean => service.process.output().includes(line)
    expect(printed(`keyhaven: ready at ${service.issuer}\n`)).toBe(true)
    await until('the rest is logged', () => printed('a sign-in lasts 8 hours without activity'))
    const began = performance.now()
    expect(await service.process.stop()).toBe(0)
    expect(performance.now() - began).toBeLessThan(10_000)
    expect(await service.command(['mail', 'list'])).toEqual({
      code: 1,
      output: `keyhaven: No service with a mailbox answers on this machine for ${service.issuer}: start it, then run this again.\n`,
    })
  })
  it('says which port is taken and what to do', async () => {
    const service = await startService()
    const other = mkdtempSync(join(folder, 'other-'))
    const result = await command(['start'], { ...service.environment, KEYHAVEN_DATA: other })
    expect(result.code).toBe(1)
    expect(result.output).toContain('is taken: stop what uses it, or set KEYHAVEN_PORT')
    await service.close()
  })
  it('is ready at a URL that answers, if only its port is set (attacks 13)', async () => {
    const place = mkdtempSync(join(folder, 'port-'))
    const own = { KEYHAVEN_DATA: place, KEYHAVEN_DATABASE: await databaseIn(place) }
    const [first, second] = [String(await freePort()), String(await freePort())]
    const holder = createServer().listen(Number(first), '127.0.0.1')
    await once(holder, 'listening')
    const taken = await command(['start'], { ...own, KEYHAVEN_PORT: first })
    holder.close()
    expect(taken).toEqual({
      code: 1,
      output: `keyhaven: Port ${first} on 127.0.0.1 is taken: stop what uses it, or set KEYHAVEN_PORT to a free one.\n`,
    })
    const url = `http://localhost:${second}/auth`
    // The refused start has fixed no URL, so the advice leads to a service that answers
    const started = run([...keyhaven, 'start'], { environment: { ...own, KEYHAVEN_PORT: second } })
    await until('it is ready', () => started.output().includes('keyhaven: ready at'))
    expect(started.output()).toContain(`keyhaven: ready at ${url}\n`)
    expect(started.output()).not.toContain('listens on')
    expect((await fetch(`${url}/health/ready`)).status).toBe(200)
    // Other commands find the URL in the database
    expect(await command(['accounts', 'list'], own)).toMatchObject({ code: 0 })
    expect((await command(['start'], { ...own, KEYHAVEN_PORT: second })).output).toContain(
      `The public URL stays ${url}: with another port a proxy must serve it.`,
    )
    expect(await started.stop()).toBe(0)
    const moved = run([...keyhaven, 'start'], { environment: { ...own, KEYHAVEN_PORT: first } })
    await until('it is ready', () => moved.output().includes('keyhaven: ready at'))
    expect(moved.output()).toContain(`ready at ${url}\n`)
    // The log is another stream
    const listens = `listens on localhost:${first}, for a proxy that serves ${url}`
    await until('it logs its address', () => moved.output().includes(listens))
    expect((await fetch(`http://localhost:${first}/auth/health/ready`)).status).toBe(200)
    expect(await moved.stop()).toBe(0)
  })
  it('is one process: what it was started as is what listens', async () => {
    const service = await startService()
    expect(await service.process.stop('SIGKILL')).toBeNull()
    await expect(fetch(`${service.address}/health/live`)).rejects.toThrow()
    await service.close()
  })
})
