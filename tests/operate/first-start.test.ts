import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { databaseIn } from '@keyhaven/stage/databases/databases'
import { keyhaven, run, until } from '@keyhaven/stage/processes/process'

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
