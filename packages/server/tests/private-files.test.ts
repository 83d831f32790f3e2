import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { databaseIn } from '@keyhaven/stage/databases/databases'
import { createKeyhaven } from '@keyhaven/server'
import type { KeyhavenOptions } from '@keyhaven/server'
import { testLog } from '@keyhaven/stage/processes/log'

const folder = mkdtempSync(join(tmpdir(), 'keyhaven-files-'))
afterAll(() => rmSync(folder, { recursive: true }))

const newFolder = (mode: number): string => {
  const made = mkdtempSync(join(folder, 'data-'))
  chmodSync(made, mode)
  return made
}

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8)

/** Opens an installation, works with it, closes it; the answer is what it announced. */
async function opened(
  data: string,
  options: Partial<KeyhavenOptions> = {},
  work: () => void = () => {},
): Promise<string[]> {
  const lines: string[] = []
  const keyhaven = await createKeyhaven({
    data,
    folder: data,
    database: join(data, 'keyhaven.sqlite'),
    environment: {},
    log: testLog(),
    announce: (line) => lines.push(line),
    ...options,
  })
  work()
  await keyhaven.close()
  return lines
}

/** Everything in a folder, with its mode. */
const modesIn = (data: string): string[] =>
  readdirSync(data).map((name) => `${modeOf(join(data, name))} ${name}`)

describe('the files of an installation', () => {
  it('are for this user only, in a folder that was there before (reports F2, operator 2)', async () => {
    const data = newFolder(0o755)
    const lines = await opened(data, {}, () => {
      expect(modesIn(data)).toEqual(
        expect.arrayContaining([
          '600 keyhaven.sqlite',
          '600 keyhaven.sqlite-wal',
          '600 master.key',
        ]),
      )
      expect(modesIn(data).filter((line) => !line.startsWith('600 '))).toEqual([])
    })
    expect(modeOf(data)).toBe('700')
    expect(lines.join()).toContain(`${data} was open to other users (mode 0755): its mode is 0700`)
    expect((await opened(data)).join()).not.toContain('open to other users')
  })
  it('are so in another folder too, which is left as it is (reports F2, operator 2)', async () => {
    const [data, elsewhere] = [join(folder, 'made'), newFolder(0o755)]
    const database = join(elsewhere, 'kh.sqlite')
    await opened(data, { database }, () => {
      expect(modesIn(elsewhere).filter((line) => !line.startsWith('600 '))).toEqual([])
      expect(readdirSync(elsewhere)).toContain('kh.sqlite-shm')
    })
    expect([modeOf(data), modeOf(elsewhere)]).toEqual(['700', '755'])
  })
  it('get narrower modes, with a log line, if they were too wide (reports F2)', async () => {
    const data = newFolder(0o700)
    const file = join(data, 'keyhaven.sqlite')
    await opened(data)
    chmodSync(file, 0o644)
    expect((await opened(data)).join()).toContain(
      `${file} was open to other users (mode 0644): its mode is 0600 now`,
    )
    expect(modeOf(file)).toBe('600')
  })
  it('are never reached through a planted link (reports F2)', async () => {
    const data = newFolder(0o700)
    const foreign = join(folder, 'foreign')
    writeFileSync(foreign, 'not ours to close', { mode: 0o644 })
    await opened(data)
    symlinkSync(foreign, join(data, 'keyhaven.sqlite-journal'))
    chmodSync(join(data, 'keyhaven.sqlite'), 0o644)
    await opened(data).catch(() => {})
    expect(modeOf(foreign)).toBe('644')
  })
  it('leave a folder open that holds other things, with a line (operator 2)', async () => {
    const data = newFolder(0o755)
    writeFileSync(join(data, 'app.js'), '')
    expect((await opened(data)).join()).toContain(
      'set its mode to 0700 if no other program uses it',
    )
    expect(modeOf(data)).toBe('755')
  })
})

describe('the master key', () => {
  const withKey = (text: string, mode = 0o600): string => {
    const data = newFolder(0o700)
    writeFileSync(join(data, 'master.key'), text)
    chmodSync(join(data, 'master.key'), mode)
    return data
  }
  const key = randomBytes(32)
  const text = key.toString('base64url')

  it.each([0o644, 0o604, 0o640, 0o602])(
    'is refused with mode %i (operator 2, H55)',
    async (mode) => {
      const data = withKey(text, mode)
      await expect(opened(data)).rejects.toMatchObject({
        name: 'ConfigurationError',
        message: expect.stringMatching(
          /master\.key is open to .+: set its mode to 0600, or 0400\.$/,
        ),
      })
      expect(readdirSync(data)).toEqual(['master.key'])
    },
  )
  it('is trimmed in a variable as in a file (reports F16)', async () => {
    const data = newFolder(0o700)
    for (const written of [text, `${text}\n`, ` ${text}\r\n`]) {
      await opened(data, { masterKey: written })
      await opened(data, { environment: { KEYHAVEN_MASTER_KEY: written } })
    }
    writeFileSync(join(data, 'master.key'), `\uFEFF${text}\r\n\n`, { mode: 0o600 })
    await opened(data)
  })
  it.each([
    ['zeros', 'A'.repeat(43), 'is not random, so it can be guessed: make one'],
    ['one byte', Buffer.alloc(32, 7).toString('base64url'), 'is not random'],
    ['few bytes', Buffer.from('abcd'.repeat(8)).toString('base64url'), 'is not random'],
    [
      'counted bytes',
      Buffer.from(key.map((_, at) => 200 + at)).toString('base64url'),
      'is not random',
    ],
    [
      'text',
      Buffer.from('Tr0ub4dor&3-correct-horse-batter').toString('base64url'),
      'is not random',
    ],
    [
      'text with letters beyond ASCII',
      Buffer.from('Grüße aus dem Tal, für mich!!').toString('base64url'),
      'is not random',
    ],
    [
      'one half twice',
      Buffer.concat([key.subarray(16), key.subarray(16)]).toString('base64url'),
      'is not random',
    ],
    ['standard base64', key.toString('base64'), 'is standard base64: write it as base64url'],
    ['hexadecimal', key.toString('hex'), 'must hold 32 random bytes as base64url'],
  ])(
    'is refused if it is %s, and nothing is written (attacks 12, reports F16)',
    async (_, masterKey, sentence) => {
      const data = join(folder, `none-${randomBytes(4).toString('hex')}`)
      const options = { masterKey, folder, database: join(data, 'keyhaven.sqlite') }
      await expect(opened(data, options)).rejects.toMatchObject({
        name: 'ConfigurationError',
        message: expect.stringContaining(sentence),
      })
      expect(existsSync(data)).toBe(false)
    },
  )
})

describe('a start that is refused', () => {
  it('has made no new master key beside an existing database (operator 3)', async () => {
    const data = newFolder(0o700)
    const database = await databaseIn(data)
    await opened(data, { database })
    const before = readdirSync(data).toSorted()
    const masterKeyFile = join(data, 'mastre.key')
    await expect(opened(data, { database, masterKeyFile })).rejects.toMatchObject({
      name: 'ConfigurationError',
      message: expect.stringContaining(
        `There is no master key in ${masterKeyFile}, but this database`,
      ),
    })
    expect(readdirSync(data).toSorted()).toEqual(before)
  })
  it('has made nothing if the database has no folder', async () => {
    const data = newFolder(0o700)
    const database = join(data, 'no', 'such', 'kh.sqlite')
    await expect(opened(data, { database })).rejects.toThrow('can’t be created: create its folder')
    mkdirSync(join(data, 'no'))
    expect(readdirSync(join(data, 'no'))).toEqual([])
  })
  it('is refused for a device, whose mode stays as it is: all users share it (reports F2)', async () => {
    // A named pipe stands for /dev/null, which a failing test would take from this machine
    const parent = newFolder(0o700)
    const pipe = join(parent, 'pipe')
    execFileSync('mkfifo', ['--mode=666', pipe])
    await expect(opened(join(parent, 'data'), { database: pipe })).rejects.toThrow(
      `The database ${pipe} is a device, a pipe or a socket: set KEYHAVEN_DATABASE to a file.`,
    )
    expect(statSync(pipe).mode & 0o777).toBe(0o666)
  })
  it('has made nothing if the database is a folder, or the data folder is a file', async () => {
    const parent = newFolder(0o700)
    const file = join(parent, 'file')
    writeFileSync(file, '')
    await expect(opened(join(parent, 'data'), { database: parent })).rejects.toThrow(
      `The database ${parent} is a folder: set KEYHAVEN_DATABASE to a file in it.`,
    )
    await expect(opened(file, { database: join(parent, 'kh.sqlite') })).rejects.toThrow(
      `The data folder ${file} can’t be written: create it, or set KEYHAVEN_DATA to a folder that this user can write.`,
    )
    expect(readdirSync(parent)).toEqual(['file'])
  })
})
