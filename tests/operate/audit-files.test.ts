import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createKeyhaven } from '@keyhaven/server'
import { rowsIn } from '@keyhaven/stage/databases/databases'
import { forge } from '@keyhaven/stage/databases/forge'
import { signUp } from '@keyhaven/stage/http/person'
import { keyhaven, run } from '@keyhaven/stage/processes/process'
import { startService } from '@keyhaven/stage/processes/running-service'
import { stopped, verify } from '@keyhaven/stage/databases/stopped-installation'

const folder = mkdtempSync(join(tmpdir(), 'keyhaven-audit-files-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('keyhaven audit', () => {
  it.each([
    [['verify', '--from', 'x'], '--from must be the number of a row'],
    [['verify', '--from', '0'], '--from must be the number of a row'],
    [['export', '-', '--after', '-1'], '--after must be the number of a row'],
    [['export'], "missing required argument 'file'"],
    [['verify', '--from', '2', '--file', 'x'], 'cannot be used with option'],
  ])('%j exits 2 with one sentence', async (args, sentence) => {
    const process = run([...keyhaven, 'audit', ...args], { environment: { KEYHAVEN_DATA: folder } })
    expect(await process.exited).toBe(2)
    expect(process.output()).toContain(sentence)
  })
})

describe('an export of the audit log', () => {
  it('can be checked by itself: any edit, insertion or deletion is found (R99)', async () => {
    const at = await stopped(folder)
    const file = join(at.data, 'audit.ndjson')
    await at.command(['audit', 'export', file])
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
    expect(await verify(at, '--file', file)).toMatchObject({ whole: true, rows: 4 })
    const [one = '', two = '', three = '', four = '', head = ''] = lines
    const cases: [string, readonly string[], { number: number; what: string }][] = [
      [
        'edited',
        [one, two.replace('"two"', '"too"'), three, four, head],
        { number: 2, what: 'edited' },
      ],
      ['no JSON', [one, '}', three, four, head], { number: 2, what: 'edited' }],
      ['deleted', [one, two, four, head], { number: 3, what: 'missing' }],
      ['twice', [one, two, two, three, four, head], { number: 2, what: 'inserted' }],
      ['swapped', [one, three, two, four, head], { number: 2, what: 'missing' }],
      ['no last row', [one, two, three, head], { number: 4, what: 'truncated' }],
      ['no head', lines.slice(0, 4), { number: 5, what: 'truncated' }],
      ['behind the head', [...lines, four], { number: 5, what: 'inserted' }],
      ['empty', [], { number: 1, what: 'truncated' }],
    ]
    for (const [name, text, broken] of cases) {
      const copy = join(at.data, `${name}.ndjson`)
      writeFileSync(copy, text.map((line) => `${line}\n`).join(''))
      expect({ name, broken: (await verify(at, '--file', copy)).broken }).toEqual({ name, broken })
    }
    const rest = join(at.data, 'rest.ndjson')
    await at.command(['audit', 'export', rest, '--after', '2'])
    expect(await verify(at, '--file', rest)).toMatchObject({ whole: true, rows: 2 })
    const nothing = join(at.data, 'nothing.ndjson')
    await at.command(['audit', 'export', nothing, '--after', '4'])
    const whole = { whole: true, rows: 0, head: { number: 4 } }
    expect(await verify(at, '--file', nothing)).toMatchObject(whole)
    // As an editor or another system may leave it
    const copied = join(at.data, 'copied.ndjson')
    writeFileSync(copied, `\uFEFF${lines.join('\r\n')}\r\n\r\n`)
    expect(await verify(at, '--file', copied)).toMatchObject({ whole: true, rows: 4 })
  })
})

describe.concurrent('keyhaven audit export', () => {
  it('writes every row with its seal into a new file that only its owner reads (R99)', async () => {
    const at = await stopped(folder)
    const file = join(at.data, 'audit.ndjson')
    const { code, output } = await at.command(['audit', 'export', file])
    expect({ code, output }).toEqual({ code: 0, output: `4 rows are in ${file}\n` })
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
    expect(lines).toHaveLength(5)
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({
      number: 2,
      action: 'guard.added',
      details: { guard: 'two' },
      previous: (JSON.parse(lines[0] ?? '') as { hash: string }).hash,
    })
    expect(JSON.parse(lines[4] ?? '')).toEqual({ head: (await verify(at)).head })
    const again = await at.command(['audit', 'export', file])
    expect(again).toMatchObject({ code: 1, output: expect.stringContaining('exists') })
    expect(readdirSync(at.data).filter((name) => name.startsWith('audit.ndjson'))).toHaveLength(1)
    const { output: rest } = await at.command(['audit', 'export', '-', '--after', '2'])
    expect(rest).toBe(`${lines.slice(2).join('\n')}\n`)
    const nowhere = await at.command(['audit', 'export', join(at.data, 'none', 'x')])
    expect(nowhere).toMatchObject({
      code: 1,
      output: expect.stringContaining('folder does not exist'),
    })
    const unread = await at.command(['audit', 'verify', '--file', join(at.data, 'none')])
    expect(unread).toMatchObject({ code: 1, output: expect.stringContaining('name an export') })
  })
  it('contains no forged line: characters that are not plain text are encoded (A18, 16.4.1)', async () => {
    const service = await startService()
    const { email } = await signUp(service)
    const hostile = 'mail\r\n{"number":9}\u001b[31m\u0007\u0085\u009b31m\u2028\u202e\u{e0041}end'
    const lock = (reason: string) =>
      service.command(['accounts', 'lock', email, '--reason', reason])
    const unstored = await lock(hostile)
    expect(unstored).toMatchObject({
      code: 1,
      output: expect.stringContaining('reason: The reason'),
    })
    expect(unstored.output.trimEnd()).not.toMatch(/[\p{Cc}\p{Cf}]/u)
    const reason = 'mail\u00ad\u200b\u{e0041}end'
    expect(await lock(reason)).toMatchObject({ code: 0 })
    // The name of a program that embeds the service, and rows of earlier versions, are any text
    const embedded = await createKeyhaven({
      data: service.data,
      folder: service.data,
      operator: hostile,
      announce: () => {},
      environment: service.environment,
    })
    await embedded.accounts.unlock((await embedded.accounts.find({ email }))?.id ?? '')
    await embedded.close()
    const { output } = await service.command(['audit', 'export', '-'])
    expect(output.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u)
    const rows = output
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { reason?: string; action?: string; actor?: string })
    const [locked, unlocked] = rows.filter(({ action }) => action === 'account.status_changed')
    expect(locked?.reason).toBe(reason)
    expect(unlocked?.actor).toBe(hostile)
    const file = join(service.data, 'hostile.ndjson')
    await service.command(['audit', 'export', file])
    expect(await verify(service, '--file', file)).toMatchObject({ whole: true })
    const refused = await service.command([
      'accounts',
      'unlock',
      'nobody\u001b[31m\u009b@example.com',
    ])
    expect(refused.output.trimEnd()).not.toMatch(/[\p{Cc}\p{Cf}]/u)
    await service.close()
  })
})

describe('commands that change something (R99)', () => {
  it('record who was at the command line, and why', async () => {
    const at = await stopped(folder)
    const by = async (...args: readonly string[]): Promise<Record<string, unknown>> => {
      expect(await at.command(args), args.join(' ')).toMatchObject({ code: 0 })
      const [row = {}] = await rowsIn(at.database, 'select * from audit order by id desc limit 1')
      expect(row['actor_id']).toBe(`os:${userInfo().username}@${hostname()}`)
      return row
    }
    const email = 'mallory@example.com'
    expect(await by('accounts', 'create', '--email', email)).toMatchObject({
      action: 'account.created',
    })
    expect(await by('accounts', 'lock', email, '--reason', 'taken over')).toMatchObject({
      action: 'account.status_changed',
      reason: 'taken over',
    })
    expect(await by('accounts', 'unlock', email)).toMatchObject({
      action: 'account.status_changed',
    })
    expect(await by('guards', 'remove', 'one')).toMatchObject({ action: 'guard.removed' })
    expect(await by('keys', 'rotate')).toMatchObject({ action: 'keys.rotated' })
    expect(await by('restored', '--yes')).toMatchObject({
      action: 'database.restored',
      reason: 'declared on the command line',
    })
    const file = join(at.data, 'other.key')
    expect(await by('keys', 'master', '--new-file', file)).toMatchObject({
      action: 'keys.resealed',
    })
  })
})

describe.concurrent('the key of the audit log', () => {
  it('goes on under another master key (R99)', async () => {
    const service = await startService()
    const before = await verify(service)
    const file = join(service.data, 'other.key')
    expect(await service.command(['keys', 'master', '--new-file', file])).toMatchObject({ code: 0 })
    await service.process.stop()
    const environment = { ...service.environment, KEYHAVEN_MASTER_KEY_FILE: file }
    const process = run([...keyhaven, 'audit', 'verify', '--json'], { environment })
    expect(await process.exited).toBe(0)
    expect(JSON.parse(process.output())).toMatchObject({ whole: true, rows: before.rows + 1 })
    await service.close()
  })
  it('refuses to go on if the key of the chain is gone', async () => {
    const at = await stopped(folder)
    await forge(at.database, "delete from service_keys where name = 'audit'")
    const { code, output } = await at.command(['audit', 'verify'])
    expect(code).toBe(78)
    expect(output).toContain('that of the audit log among them: restore it')
  })
})
