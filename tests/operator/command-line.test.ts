import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { databaseIn } from '../stage/databases.ts'
import { keyhaven, root, run } from '../stage/process.ts'
import { startService } from '../stage/running-service.ts'

const data = mkdtempSync(join(tmpdir(), 'keyhaven-cli-'))
afterAll(() => rmSync(data, { recursive: true, force: true }))

/** Runs one command to its end. */
async function command(args: readonly string[], more: Record<string, string> = {}, input = '') {
  const { KEYHAVEN_DATA = data } = more
  const environment = {
    KEYHAVEN_ACCESS: join(root, 'examples/notes/access.ts'),
    ...more,
    KEYHAVEN_DATA,
    KEYHAVEN_DATABASE: await databaseIn(KEYHAVEN_DATA),
  }
  const process = run([...keyhaven, ...args], { environment, input })
  return { code: await process.exited, output: process.output() }
}

describe('keyhaven', () => {
  it.each([
    [['--help'], 0, 'Usage: keyhaven'],
    [['start', '--help'], 0, '--no-migrate'],
    [['accounts', 'create', '--help'], 0, '--json'],
    [['nonsense'], 2, 'unknown command'],
    [['start', '--nonsense'], 2, 'unknown option'],
    [['accounts', 'create'], 2, '--email'],
    [['accounts', 'lock', 'a@example.com', '--reason', ' '], 2, '--reason must not be empty'],
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
  it('refuses to start on a database without tables where it may not migrate', async () => {
    const fresh = mkdtempSync(join(data, 'fresh-'))
    const environment = {
      KEYHAVEN_DATA: fresh,
      KEYHAVEN_DATABASE: await databaseIn(fresh, { migrated: false }),
    }
    const started = run([...keyhaven, 'start', '--no-migrate'], { environment })
    expect(await started.exited).toBe(78)
    expect(started.output()).toContain('start once without --no-migrate')
  })
})

describe('keyhaven accounts create', () => {
  it('takes the password from standard input', async () => {
    const args = ['accounts', 'create', '--email', 'a@example.com', '--role', 'admin', '--json']
    const made = await command(args, {}, 'correct horse battery\n')
    expect(made.code).toBe(0)
    expect(JSON.parse(made.output)).toMatchObject({ email: 'a@example.com', emailVerified: true })
    expect(made.output).not.toContain('correct horse')
    const again = await command(args, {}, 'correct horse battery')
    expect(again.code).toBe(1)
    expect(again.output).toContain('"code":"conflict"')
  })
  it('makes a password and prints it once where none is given', async () => {
    const made = await command(['accounts', 'create', '--email', 'b@example.com'])
    expect(made.output).toMatch(
      /created b@example\.com as acc_\S+\npassword \(shown once\): \S{24}\n/,
    )
  })
  it('makes an installation, and reports it even if the account is refused (operator 3)', async () => {
    const settings = { KEYHAVEN_DATA: mkdtempSync(join(data, 'new-')) }
    const made = await command(['accounts', 'create', '--email', 'no address'], settings)
    expect(made).toEqual({
      code: 1,
      output: [
        `keyhaven: made a new installation in ${settings.KEYHAVEN_DATA}\n`,
        'keyhaven: email: This is not an e-mail address: write it like name@example.com.\n',
      ].join(''),
    })
    const again = await command(['accounts', 'create', '--email', 'e@example.com'], settings)
    expect(again.output).not.toContain('made a new installation')
  })
  it('names a role that nobody declared, and the nearest one (operator 15)', async () => {
    const args = ['accounts', 'create', '--email', 'c@example.com', '--role', 'owner']
    const result = await command(args)
    expect(result.code).toBe(1)
    expect(result.output).toBe(
      'keyhaven: roles: “owner” is not a role: declare it in the access module, whose path is KEYHAVEN_ACCESS.\n',
    )
    const typo = await command(['accounts', 'create', '--email', 'c@x.example', '--role', 'amdin'])
    expect(typo.output).toBe('keyhaven: roles: “amdin” is not a role: write admin.\n')
  })
})

describe('keyhaven accounts lock', () => {
  it('ends every session in the running service at once; unlock revives none', async () => {
    const service = await startService()
    const signedUp = await fetch(`${service.address}/accounts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: new URL(service.issuer).origin },
      body: JSON.stringify({ email: 'mallory@example.com', password: 'correct horse battery' }),
    })
    const cookie = signedUp.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ')
    const code = async (): Promise<string> => {
      const response = await fetch(`${service.address}/user/current`, { headers: { cookie } })
      return ((await response.json()) as { code: string }).code
    }
    const args = ['accounts', 'lock', 'mallory@example.com', '--reason', 'taken over']
    expect(await service.command(args)).toMatchObject({
      code: 0,
      output: 'mallory@example.com is locked; 1 session ended\n',
    })
    expect(await code()).toBe('account_locked')
    const unlocked = await service.command(['accounts', 'unlock', 'mallory@example.com', '--json'])
    expect(JSON.parse(unlocked.output)).toMatchObject({ account: { status: 'active' } })
    expect(await code()).toBe('account_locked')
    const unknown = await service.command(['accounts', 'unlock', 'nobody@example.com'])
    expect(unknown).toMatchObject({ code: 1, output: expect.stringContaining('check the address') })
    await service.close()
  })
})

describe('keyhaven start', () => {
  it('prints one line when it answers, and stops within 10 s of SIGTERM', async () => {
    const service = await startService()
    expect(service.process.output()).toContain(`keyhaven: ready at ${service.issuer}\n`)
    expect(service.process.output()).toContain('a sign-in lasts 8 hours without activity')
    const began = performance.now()
    expect(await service.process.stop()).toBe(0)
    expect(performance.now() - began).toBeLessThan(10_000)
  })
  it('says which port is taken and what to do', async () => {
    const service = await startService()
    const other = mkdtempSync(join(data, 'other-'))
    const result = await command(['start'], { ...service.environment, KEYHAVEN_DATA: other })
    expect(result.code).toBe(1)
    expect(result.output).toContain('is taken: stop what uses it, or set KEYHAVEN_PORT')
    await service.close()
  })
  it('is one process: what it was started as is what listens', async () => {
    const service = await startService()
    expect(await service.process.stop('SIGKILL')).toBeNull()
    await expect(fetch(`${service.address}/health/live`)).rejects.toThrow()
    await service.close()
  })
})
