import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { keyhaven, run, until } from '@keyhaven/stage/processes/process'
import { startService } from '@keyhaven/stage/processes/running-service'
import type { RunningService } from '@keyhaven/stage/processes/running-service'
import { signUp } from '@keyhaven/stage/http/person'
import { setCookies } from '@keyhaven/stage/http/set-cookies'

let service: RunningService
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.close())

async function current(
  headers: Record<string, string>,
): Promise<{ status: number; code?: string }> {
  const response = await fetch(`${service.address}/user/current`, { headers })
  return { status: response.status, ...((await response.json()) as { code?: string }) }
}

async function published(): Promise<string[]> {
  const response = await fetch(`${service.address}/.well-known/jwks.json`)
  return ((await response.json()) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid)
}

interface KeyRow {
  readonly kid: string
  readonly state: string
}

async function keys(): Promise<KeyRow[]> {
  const { code, output } = await service.command(['keys', 'list', '--json'])
  expect(code).toBe(0)
  return (JSON.parse(output) as { keys: KeyRow[] }).keys
}

const kidOf = (token: string): unknown =>
  (JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { kid: string })
    .kid

describe('keyhaven keys rotate', () => {
  it('publishes the new key before it signs; old tokens stay good (JOSE-23)', async () => {
    const before = await signUp(service, { email: 'before@example.com' })
    const { code, output } = await service.command(['keys', 'rotate', '--json'])
    expect(code).toBe(0)
    const { kid, signsFrom } = JSON.parse(output) as { kid: string; signsFrom: string }
    expect(new Date(signsFrom).getTime() - Date.now()).toBeGreaterThan(590_000)
    await until('the running service publishes it', async () => (await published()).includes(kid))
    expect(await keys()).toMatchObject([
      { kid, state: 'next' },
      { kid: kidOf(before.token), state: 'current' },
    ])
    // A second one would wait behind it
    const again = await service.command(['keys', 'rotate'])
    expect(again).toEqual({
      code: 1,
      output: `keyhaven: The next key signs from ${signsFrom}: wait until then, or sign with a new key at once and withdraw every other with \`keyhaven keys rotate --emergency\`.\n`,
    })
    expect(await keys()).toHaveLength(2)
    const after = await signUp(service, { email: 'after@example.com' })
    expect(kidOf(after.token)).toBe(kidOf(before.token))
    expect((await current({ authorization: `Bearer ${before.token}` })).status).toBe(200)
  })
})

describe('keyhaven keys rotate --emergency', () => {
  it('refuses every former token at once, in the running service; sessions live on (J46)', async () => {
    const person = await signUp(service, { email: 'person@example.com' })
    const asked = await service.command(['keys', 'rotate', '--emergency'])
    expect(asked).toMatchObject({
      code: 2,
      output: expect.stringContaining('confirm it with --yes'),
    })
    expect((await current({ authorization: `Bearer ${person.token}` })).status).toBe(200)
    const { output } = await service.command(['keys', 'rotate', '--emergency', '--yes', '--json'])
    const { kid, withdrawn } = JSON.parse(output) as { kid: string; withdrawn: string[] }
    expect(withdrawn).toContain(kidOf(person.token))
    const bearer = { authorization: `Bearer ${person.token}` }
    await until('the bearer is refused', async () => (await current(bearer)).status === 401)
    expect(await current(bearer)).toMatchObject({ code: 'token_expired' })
    expect(await published()).toEqual([kid])
    const healed = await fetch(`${service.address}/user/current`, {
      headers: { cookie: person.cookie, 'sec-fetch-site': 'same-origin' },
    })
    expect(healed.status).toBe(200)
    expect(kidOf(setCookies(healed)[0]?.value ?? '')).toBe(kid)
    // The next purge removes them
    for (const each of await keys()) {
      expect(each.state, each.kid).toBe(withdrawn.includes(each.kid) ? 'withdrawn' : 'current')
    }
  })
})

describe('keyhaven inspect', () => {
  it('says what a token says and whether it is valid, and never repeats it', async () => {
    const { token } = await signUp(service, { email: 'inspect@example.com' })
    const good = await service.command(['inspect'], token)
    expect(good.code).toBe(0)
    expect(good.output).toMatch(/^verdict +valid$/m)
    expect(good.output).toMatch(/^ends +\S+Z \(in 10 minutes\)$/m)
    expect(good.output).toMatch(/^key +\S+ \(current\)$/m)
    const [, , signature = 'none'] = token.split('.')
    expect(good.output).not.toContain(signature)
    const json = await service.command(['inspect', token, '--json'])
    expect(JSON.parse(json.output)).toMatchObject({ valid: true, key: { state: 'current' } })
  })
  it.each([
    [
      'with a changed letter',
      (token: string) => `${token.slice(0, -9)}AAAAAAAAA`,
      'token_invalid, signature',
    ],
    [
      'that is none',
      () => 'hello',
      'token_invalid, not three segments (a token begins with eyJ, and is three parts with dots between them)',
    ],
    [
      'of another spelling',
      (token: string) => `${token}=`,
      'token_invalid, not canonical base64url',
    ],
  ])(
    'says exactly why a token %s is not valid, and exits 1 (operator 26)',
    async (_what, change, reason) => {
      const { token } = await signUp(service)
      const { code, output } = await service.command(['inspect'], change(token))
      expect(output).toContain(`not valid: ${reason}`)
      expect(code).toBe(1)
    },
  )
  it('knows a token whose session has ended, and one whose key was withdrawn', async () => {
    const { token } = await signUp(service, { email: 'late@example.com' })
    await service.command(['keys', 'rotate', '--emergency', '--yes'])
    const { code, output } = await service.command(['inspect', '--json'], token)
    expect(JSON.parse(output)).toMatchObject({
      valid: false,
      code: 'token_expired',
      reason: 'its key was withdrawn',
    })
    expect(code).toBe(1)
  })
  it('writes no control characters of a token to the terminal (JOSE-24)', async () => {
    const claims = Buffer.from('{"sub":"\\u001b[31mred\\u0007"}').toString('base64url')
    const header = Buffer.from('{"alg":"none"}').toString('base64url')
    const { output } = await service.command(['inspect'], `${header}.${claims}.x`)
    expect(output).toContain('[31mred')
    for (const bell of ['\u001b', '\u0007']) expect(output).not.toContain(bell)
  })
})

describe('a start without the keys', () => {
  it('is refused with a sentence if they are gone or damaged: none is made in their place (D13)', async () => {
    const damages = [
      'delete from signing_keys',
      'delete from service_keys',
      "update signing_keys set sealed = 'damaged'",
    ]
    for (const damage of damages) {
      const lost = await startService()
      await lost.process.stop()
      expect(await rowsIn(await databaseIn(lost.data), `${damage} returning 1`)).not.toEqual([])
      const { code, output } = await lost.command(['start'])
      expect(code, damage).toBe(78)
      expect(output).toMatch(/has lost keys .*: restore it|does not open the keys/)
      await lost.close()
    }
  })
})

describe('keyhaven keys master', () => {
  it('seals every key under a new master key; the old one opens them no more', async () => {
    const file = join(service.data, 'new.key')
    const { code, output } = await service.command(['keys', 'master', '--new-file', file])
    expect(code).toBe(0)
    expect(output).toContain('set KEYHAVEN_MASTER_KEY_FILE')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(output).not.toContain(readFileSync(file, 'utf8').trim())
    const stale = await service.command(['start'])
    expect(stale.code).toBe(78)
    expect(stale.output).toContain('The master key does not open the keys')
    const other = join(service.data, 'other.key')
    const refused = await service.command(['keys', 'master', '--new-file', other])
    expect(refused.code).toBe(78)
    expect(existsSync(other)).toBe(false)
    const again = run([...keyhaven, 'keys', 'master', '--new-file', file], {
      environment: { ...service.environment, KEYHAVEN_MASTER_KEY_FILE: file },
    })
    expect(await again.exited).toBe(1)
  })
})

describe('keyhaven keys pepper', () => {
  it('makes a pepper before the former ones, in a new file for this user only', async () => {
    const [first, second] = ['pepper', 'pepper-2'].map((name) => join(service.data, name))
    const pepper = (file: string | undefined, former: Readonly<Record<string, string>> = {}) =>
      run([...keyhaven, 'keys', 'pepper', '--new-file', String(file), '--json'], {
        environment: {
          ...service.environment,
          KEYHAVEN_MASTER_KEY_FILE: join(service.data, 'new.key'),
          ...former,
        },
      })
    const made = pepper(first)
    expect(await made.exited).toBe(0)
    const [only] = readFileSync(String(first), 'utf8').split('\n')
    expect(statSync(String(first)).mode & 0o777).toBe(0o600)
    expect(JSON.parse(made.output())).toEqual({
      file: first,
      pepper: expect.stringMatching(/^[\w-]{12}$/),
      former: 0,
    })
    expect(made.output()).not.toContain(only)
    const rotated = pepper(second, { KEYHAVEN_PEPPER_FILE: String(first) })
    expect(await rotated.exited).toBe(0)
    expect(JSON.parse(rotated.output())).toMatchObject({ former: 1 })
    const lines = readFileSync(String(second), 'utf8').split('\n')
    expect(lines).toEqual([expect.stringMatching(/^[\w-]{43}$/), only, ''])
    expect(await pepper(second).exited).toBe(1)
  })
})
