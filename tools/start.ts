import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { buildPages } from '@keyhaven/pages/build'
import { linkCustomer, settingsOf } from '../examples/credentials/settings.ts'
import { root } from './root.ts'

/** `npm start`: the service, the example API and the example page, until it is stopped. */
const { NOTES_PAGE_PORT = '5173', NOTES_API_PORT = '4001', KEYHAVEN_PORT = '4000' } = process.env
const issuer = process.env['KEYHAVEN_URL'] ?? `http://localhost:${KEYHAVEN_PORT}/auth`
// The data belong to an issuer, so each port has a folder of its own
const folder = KEYHAVEN_PORT === '4000' ? 'keyhaven-data' : `keyhaven-data-${KEYHAVEN_PORT}`
const data = process.env['KEYHAVEN_DATA'] ?? join(root, folder)
const page = `http://localhost:${NOTES_PAGE_PORT}/`
const example = join(root, 'examples/notes')

/** Accounts of the demonstration: only this script makes them, never the service. */
const accounts = [
  { role: 'reader', name: 'Rita Reader', password: 'quiet-lantern-reads', may: 'reads notes' },
  {
    role: 'editor',
    name: 'Edda Editor',
    password: 'brave-pencil-writes',
    may: 'adds and deletes their own notes',
  },
  {
    role: 'admin',
    name: 'Ada Admin',
    password: 'calm-lighthouse-sees',
    may: 'reads the notes of all users, locks and unlocks accounts',
  },
] as const

const serviceSettings = {
  KEYHAVEN_URL: issuer,
  KEYHAVEN_PORT,
  KEYHAVEN_DATA: data,
  KEYHAVEN_MAIL_FROM: process.env['KEYHAVEN_MAIL_FROM'] ?? 'Notes <no-reply@localhost>',
  KEYHAVEN_ACCESS: process.env['KEYHAVEN_ACCESS'] ?? join(example, 'access.ts'),
  // Links in mails open the service's pages through the page's own server, so they lead back to it
  KEYHAVEN_EMAIL_VERIFICATION: process.env['KEYHAVEN_EMAIL_VERIFICATION'] ?? 'on',
  KEYHAVEN_PAGES: process.env['KEYHAVEN_PAGES'] ?? `${page}auth/pages`,
  ...settingsOf(issuer, data),
}

/** How the service begins the line of a mail. */
const MAIL = 'keyhaven: mail to '

interface Part {
  readonly name: string
  readonly child: ChildProcess
}

const parts: Part[] = []
let stopping = false
/**
 * Ctrl+C signals every process of the terminal's group. The parts have groups of their own, so that only
 * `stop` ends them, in an order in which none loses what it needs.
 */
const detached = true

// More than once: a terminal and npm both pass Ctrl+C on
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => void stop(0))
}
// The bootstrap that started this was killed: nothing else would stop the parts
const starter = process.ppid
setInterval(() => process.ppid !== starter && void stop(1), 1000).unref()
try {
  await run()
} catch (error) {
  if (!stopping) say(error instanceof Error ? error.message : String(error))
  await stop(1)
}

async function run(): Promise<void> {
  await requireFree('service', KEYHAVEN_PORT, 'KEYHAVEN_PORT')
  await requireFree('example API', NOTES_API_PORT, 'NOTES_API_PORT')
  await requireFree('example page', NOTES_PAGE_PORT, 'NOTES_PAGE_PORT')
  // A checkout has no built files, and the links in mails open these
  await buildPages()
  say('starting the service')
  const cli = join(root, 'node_modules/.bin/keyhaven')
  const lifetime = launch('service', [cli, 'start'], {
    environment: serviceSettings,
    watch: /a sign-in lasts .*/,
  })
  await until('service', `${issuer}/health/ready`)
  say('making the demo accounts')
  for (const account of accounts) if (!stopping) await makeAccount(cli, account)
  if (stopping) return
  const { output } = await command(cli, ['accounts', 'show', 'editor@example.com', '--json'])
  linkCustomer(data, (JSON.parse(output) as { id: string }).id)
  const feedKey = await makeGuardKey(cli)
  if (stopping) return
  say('starting the example API and the example page')
  const node = [process.execPath, '--conditions=keyhaven-source']
  const guarded = launch('example API', [...node, 'api.ts'], {
    folder: example,
    environment: {
      ISSUER: issuer,
      PORT: NOTES_API_PORT,
      NOTES_DATA: join(data, 'notes.sqlite'),
      FEED_KEY: feedKey,
    },
    watch: /verifies tokens with .*/,
  })
  void launch('example page', [join(root, 'node_modules/.bin/vite'), '--logLevel', 'warn'], {
    folder: example,
    environment: {
      NOTES_PAGE_PORT,
      NOTES_AUTH_TARGET: `http://127.0.0.1:${KEYHAVEN_PORT}`,
      NOTES_API_TARGET: `http://127.0.0.1:${NOTES_API_PORT}`,
    },
  })
  await until('example API', `http://127.0.0.1:${NOTES_API_PORT}/api/health`)
  await until('example page', page)
  const late = sleep(5000, 'see the settings of the service', { ref: false })
  // The last line of the API's start, so that none follows the summary
  await Promise.race([guarded, late])
  process.stdout.write(words(await Promise.race([lifetime, late])))
}

function words(lifetime: string): string {
  const rows = accounts.map(
    ({ role, password, may }) =>
      `    ${`${role}@example.com`.padEnd(20)}  ${password.padEnd(22)}${may}`,
  )
  return `
  Open      ${page}

  Accounts  (e-mail, password, what the role may do)
${rows.join('\n')}

  Sign-in   ${lifetime}
  Mail      ${issuer}/dev/mailbox shows every mail of the service
  Data      ${data} (to start with empty data, stop and delete this folder)
  Stop      Ctrl+C

`
}

interface Launch {
  readonly folder?: string
  readonly environment: Readonly<Record<string, string>>
  readonly watch?: RegExp
}

/** Starts a part of the demonstration. The answer is the first line of its log that `watch` finds. */
function launch(
  name: string,
  [file = '', ...args]: readonly string[],
  how: Launch,
): Promise<string> {
  const child = spawn(file, args, {
    cwd: how.folder ?? root,
    env: { ...process.env, ...how.environment },
    detached,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  parts.push({ name, child })
  const ended = (how: string): void => {
    if (stopping) return
    say(`the ${name} has stopped (${how}); stopping the rest`)
    void stop(1)
  }
  child.once('error', (error) => ended(error.message))
  child.once('exit', (code, signal) => ended(signal ?? `exit ${code}`))
  // What a developer clicks on: the links of the mails
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.startsWith(MAIL)) process.stdout.write(`  ${line.replace('keyhaven: ', '')}\n`)
  })
  return new Promise((resolve) => {
    createInterface({ input: child.stderr }).on('line', (logged) => {
      const line = sentenceIn(logged)
      const found = how.watch?.exec(line)
      if (found) resolve(found[0])
      if (line !== '')
        process.stderr.write(`  ${name}: ${line.replace(/^keyhaven(?: guard)?: /, '')}\n`)
    })
  })
}

/** What a line of a log has for a developer: its text, or the message of JSON that is not about a request. */
function sentenceIn(line: string): string {
  if (!line.startsWith('{')) return line
  const {
    msg = '',
    route,
    left,
  } = JSON.parse(line) as {
    msg?: string
    /** Of one request. */
    route?: string
    /** Of the requests that have no line each. */
    left?: unknown
  }
  const isOfRequests = route !== undefined || left !== undefined
  return isOfRequests || msg.startsWith('ready at') ? '' : msg
}

async function makeAccount(
  cli: string,
  { role, name, password }: (typeof accounts)[number],
): Promise<void> {
  const email = `${role}@example.com`
  const args = ['accounts', 'create', '--email', email, '--role', role, '--name', name, '--json']
  const child = spawn(cli, args, {
    env: { ...process.env, ...serviceSettings },
    detached,
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  let problem = ''
  child.stderr.on('data', (chunk: Buffer) => (problem += chunk.toString()))
  // Whether it was read shows in the exit code
  child.stdin.on('error', () => {})
  child.stdin.end(password)
  const [code] = (await once(child, 'close')) as [number | null]
  // An account of an earlier start stays as it is
  if (code !== 0 && !problem.includes('"conflict"'))
    throw new Error(`the account ${email} can’t be made: ${problem}`)
}

/** A key for the example API: shown once, so each start makes a new one in the place of the last. */
async function makeGuardKey(cli: string): Promise<string> {
  await command(cli, ['guards', 'remove', 'notes-api', '--json'])
  const { output } = await command(cli, ['guards', 'add', 'notes-api', '--json'])
  return (JSON.parse(output) as { key: string }).key
}

async function command(cli: string, args: readonly string[]): Promise<{ output: string }> {
  const environment = { ...process.env, ...serviceSettings }
  const child = spawn(cli, args, {
    env: environment,
    detached,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  await once(child, 'close')
  return { output }
}

async function until(name: string, url: string): Promise<void> {
  const deadline = performance.now() + 60_000
  while (performance.now() < deadline && !stopping) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(5000) }).catch(() => undefined)
    if (answer?.ok) return
    await sleep(100)
  }
  // Thrown while stopping too: nothing more may be started then
  throw new Error(`the ${name} did not answer at ${url} within 60 s: the lines above say why`)
}

async function requireFree(name: string, port: string, variable: string): Promise<void> {
  if (!/^[1-9]\d{0,4}$/.test(port) || Number(port) > 65_535)
    throw new Error(`${variable} must be a port from 1 to 65535, not '${port}'`)
  for (const host of ['127.0.0.1', '::1']) {
    const probe = createServer().listen(Number(port), host)
    try {
      await once(probe, 'listening')
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined
      // A machine without IPv6 has nothing that could be in the way there
      if (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT') continue
      const why = code === 'EACCES' ? 'needs more rights' : 'is taken'
      throw new Error(
        `port ${port} for the ${name} ${why}: ${why === 'is taken' ? 'stop what uses it, or ' : ''}set ${variable} to a free one`,
      )
    }
    probe.close()
    await once(probe, 'close')
  }
}

/** Stops every part, the service last: the API is connected to it. Waits at most 9 s. */
async function stop(code: number): Promise<void> {
  if (stopping) return
  stopping = true
  process.exitCode = code
  const late = sleep(9000, undefined, { ref: false })
  const [service, ...others] = parts
  await Promise.all(others.map((part) => end(part, late)))
  if (service !== undefined) await end(service, late)
}

async function end({ child }: Part, late: Promise<unknown>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  await Promise.race([once(child, 'exit'), late])
  child.kill('SIGKILL')
}

function say(text: string): void {
  process.stderr.write(`keyhaven: ${text}\n`)
}
