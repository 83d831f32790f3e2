import { spawn } from 'node:child_process'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { databaseIn } from '@keyhaven/stage/databases/databases'
import { freePort, keyhaven as program } from '@keyhaven/stage/processes/process'

const folder = mkdtempSync(join(tmpdir(), 'keyhaven-main-'))
const children: ChildProcessWithoutNullStreams[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Command {
  readonly child: ChildProcessWithoutNullStreams
  readonly stdout: () => string
  readonly stderr: () => string
  readonly exited: Promise<number | null>
}

/** The command as a real process, in an environment without settings from outside. */
function keyhaven(args: readonly string[], settings: Record<string, string> = {}): Command {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(KEYHAVEN_|NODE_ENV|NODE_OPTIONS|VITEST)/.test(name),
  )
  const [node, ...start] = program
  const child = spawn(node, [...start, ...args], {
    cwd: folder,
    env: { ...Object.fromEntries(inherited), ...settings },
  })
  children.push(child)
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  child.stdin.on('error', () => {})
  const exited = once(child, 'close').then(([code]) => code as number | null)
  return { child, stdout: () => stdout, stderr: () => stderr, exited }
}

/** A data folder of its own, and the database that belongs to it. */
async function dataSettings(): Promise<Record<string, string>> {
  const data = mkdtempSync(join(folder, 'data-'))
  return { KEYHAVEN_DATA: data, KEYHAVEN_DATABASE: await databaseIn(data) }
}

/** `keyhaven start` that has said that it is ready. */
async function started(args: readonly string[], settings: Record<string, string> = {}) {
  const port = String(await freePort())
  const url = { KEYHAVEN_URL: `http://localhost:${port}/auth`, KEYHAVEN_PORT: port }
  const data = await dataSettings()
  const command = keyhaven(['start', ...args], { ...url, ...data, ...settings })
  const failed = command.exited.then((code) => {
    throw new Error(`exit ${code} before it was ready:\n${command.stderr()}`)
  })
  failed.catch(() => {})
  while (!command.stdout().includes('\n')) {
    await Promise.race([once(command.child.stdout, 'data'), failed])
  }
  return command
}

describe('keyhaven', () => {
  it.each([
    [['nonsense'], "unknown command 'nonsense'"],
    [['start', '--nonsense'], "unknown option '--nonsense'"],
    [['start', 'extra'], "too many arguments for 'start'"],
    [['accounts', 'create'], "required option '--email <address>' not specified"],
  ])('%j exits 2 with one sentence, or JSON with --json', async (args, sentence) => {
    const told = keyhaven(args)
    expect(await told.exited).toBe(2)
    expect(told.stderr()).toMatch(/^keyhaven: .+; --help lists what it takes\.\n$/)
    expect(told.stderr()).toContain(sentence)
    const json = keyhaven([...args, '--json'])
    expect(await json.exited).toBe(2)
    expect(JSON.parse(json.stderr())).toMatchObject({ error: { code: 'usage' } })
    expect(told.stdout() + json.stdout()).toBe('')
  })
  it('prints the commands, and exits 2, without a command', async () => {
    const command = keyhaven([])
    expect(await command.exited).toBe(2)
    expect(command.stderr()).toMatch(/^Usage: keyhaven/)
  })
  it('prints its version, and exits 0 (operator 16)', async () => {
    const manifest = readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')
    const { version } = JSON.parse(manifest) as { version: string }
    const command = keyhaven(['--version'])
    expect(await command.exited).toBe(0)
    expect(command.stdout()).toBe(`${version}\n`)
    expect(command.stderr()).toBe('')
  })
  it('lists every setting in the help of start', async () => {
    const command = keyhaven(['start', '--help'])
    expect(await command.exited).toBe(0)
    expect(command.stdout()).toContain('KEYHAVEN_URL\n      The public URL of the service')
    expect(command.stdout()).toContain('KEYHAVEN_PASSWORD_MIN_LENGTH')
  })
  it('exits 78 with one sentence on a wrong configuration', async () => {
    const command = keyhaven(['start'], { KEYHAVEN_URL: 'http://app.example/auth' })
    expect(await command.exited).toBe(78)
    expect(command.stderr()).toBe(
      'keyhaven: KEYHAVEN_URL (url) must begin with https: plain http is for this machine only.\n',
    )
    expect(command.stdout()).toBe('')
  })
})

describe('keyhaven start', () => {
  it('prints weak settings on standard error, also as JSON', async () => {
    const settings = {
      KEYHAVEN_URL: 'https://app.example/auth',
      KEYHAVEN_EMAIL_VERIFICATION: 'off',
    }
    const warning = 'sign-up reveals whether an address has an account'
    // The two outputs arrive in no order: all is there once the process has ended
    const plain = await started([], settings)
    plain.child.kill('SIGTERM')
    expect(await plain.exited).toBe(0)
    expect(plain.stdout()).toBe('keyhaven: ready at https://app.example/auth\n')
    expect(plain.stderr()).toContain(warning)
    const json = await started(['--json'], settings)
    json.child.kill('SIGTERM')
    expect(await json.exited).toBe(0)
    expect(json.stdout()).toBe('keyhaven: ready at https://app.example/auth\n')
    const lines = json.stderr().trim().split('\n')
    expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg).join('\n')).toContain(
      warning,
    )
  })
  it('stops once, with exit 0, when its launcher passes on a signal that it has had', async () => {
    const command = await started([])
    command.child.kill('SIGINT')
    command.child.kill('SIGTERM')
    command.child.kill('SIGINT')
    expect(await command.exited).toBe(0)
  })
})

describe('keyhaven accounts create', () => {
  const create = (input: string | Buffer): Command => {
    const settings = { KEYHAVEN_DATA: mkdtempSync(join(folder, 'data-')) }
    const command = keyhaven(['accounts', 'create', '--email', 'a@example.com'], settings)
    command.child.stdin.end(input)
    return command
  }
  it.each([
    ['endless input', 'x'.repeat(100_000), 'longer than 65536 bytes: give the password only'],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x41]), 'is not UTF-8 text'],
  ])('refuses %s as a password', async (_, input, sentence) => {
    const command = create(input)
    expect(await command.exited).toBe(1)
    expect(command.stderr()).toContain(sentence)
    expect(command.stdout()).toBe('')
  })
  it('prints what it waits for if no input comes', async () => {
    const command = keyhaven(['accounts', 'create', '--email', 'a@example.com'])
    await once(command.child.stderr, 'data')
    expect(command.stderr()).toBe('keyhaven: waiting for the password on standard input\n')
  })
})
