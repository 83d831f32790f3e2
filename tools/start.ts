import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { root } from './root.ts'

/** `npm start`: the service, the example API and the example page, until it is stopped. */
const { NOTES_PAGE_PORT = '5173', NOTES_API_PORT = '4001', KEYHAVEN_PORT = '4000' } = process.env
const issuer = process.env['KEYHAVEN_URL'] ?? `http://localhost:${KEYHAVEN_PORT}/auth`
const data = process.env['KEYHAVEN_DATA'] ?? join(root, 'keyhaven-data')
const page = `http://localhost:${NOTES_PAGE_PORT}/`
const example = join(root, 'examples/notes')

/** Accounts of the demonstration: made by this script alone, never by the service. */
const accounts = [
  { role: 'reader', name: 'Rita Reader', password: 'quiet-lantern-reads', may: 'reads notes' },
  {
    role: 'editor',
    name: 'Edda Editor',
    password: 'brave-pencil-writes',
    may: 'adds and deletes her own',
  },
  { role: 'admin', name: 'Ada Admin', password: 'calm-lighthouse-sees', may: 'sees everybody’s' },
] as const

const serviceSettings = {
  KEYHAVEN_URL: issuer,
  KEYHAVEN_PORT,
  KEYHAVEN_DATA: data,
  KEYHAVEN_ACCESS: process.env['KEYHAVEN_ACCESS'] ?? join(example, 'access.ts'),
}

interface Part {
  readonly name: string
  readonly child: ChildProcess
}

const parts: Part[] = []
let stopping = false

process.once('SIGINT', () => void stop(0))
process.once('SIGTERM', () => void stop(0))
process.once('SIGHUP', () => void stop(0))
try {
  await run()
} catch (error) {
  say(error instanceof Error ? error.message : String(error))
  await stop(1)
}

async function run(): Promise<void> {
  await requireFree('service', KEYHAVEN_PORT, 'KEYHAVEN_PORT')
  await requireFree('example API', NOTES_API_PORT, 'NOTES_API_PORT')
  await requireFree('example page', NOTES_PAGE_PORT, 'NOTES_PAGE_PORT')
  say('starting the service')
  const cli = join(root, 'node_modules/.bin/keyhaven')
  const lifetime = launch('service', [cli, 'start'], {
    environment: serviceSettings,
    watch: /a sign-in lasts .*/,
  })
  await until('service', `${issuer}/health/ready`)
  say('making the demo accounts')
  for (const account of accounts) await makeAccount(cli, account)
  say('starting the example API and the example page')
  const node = [process.execPath, '--conditions=keyhaven-source']
  void launch('example API', [...node, 'api.ts'], {
    folder: example,
    environment: { ISSUER: issuer, PORT: NOTES_API_PORT, NOTES_DATA: join(data, 'notes.sqlite') },
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
  process.stdout.write(words(await lifetime))
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
  Data      ${data} (delete the folder to start afresh)
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
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  parts.push({ name, child })
  child.once('exit', (code) => {
    if (stopping) return
    say(`the ${name} has stopped (exit ${code}); stopping the rest`)
    void stop(1)
  })
  return new Promise((resolve) => {
    child.stderr?.on('data', (chunk: Buffer) => {
      const text = chunk.toString()
      const found = how.watch?.exec(text)
      if (found) resolve(found[0])
      // What a part says in words is for the person; its request log is not
      for (const line of text.split('\n')) {
        if (line !== '' && !line.startsWith('{'))
          process.stderr.write(`  ${name}: ${line.replace(/^keyhaven(?: guard)?: /, '')}\n`)
      }
    })
  })
}

async function makeAccount(
  cli: string,
  { role, name, password }: (typeof accounts)[number],
): Promise<void> {
  const email = `${role}@example.com`
  const args = ['accounts', 'create', '--email', email, '--role', role, '--name', name, '--json']
  const child = spawn(cli, args, {
    env: { ...process.env, ...serviceSettings },
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  let problem = ''
  child.stderr.on('data', (chunk: Buffer) => (problem += chunk.toString()))
  child.stdin.end(password)
  const [code] = (await once(child, 'exit')) as [number | null]
  // An account of an earlier start stays as it is
  if (code !== 0 && !problem.includes('"conflict"'))
    throw new Error(`the account ${email} can’t be made: ${problem}`)
}

async function until(name: string, url: string): Promise<void> {
  const deadline = performance.now() + 60_000
  while (performance.now() < deadline && !stopping) {
    const answer = await fetch(url).catch(() => undefined)
    if (answer?.ok) return
    await sleep(100)
  }
  if (!stopping)
    throw new Error(`the ${name} did not answer at ${url} within 60 s: the lines above say why`)
}

async function requireFree(name: string, port: string, variable: string): Promise<void> {
  const probe = createServer().listen(Number(port), '127.0.0.1')
  try {
    await once(probe, 'listening')
  } catch {
    throw new Error(
      `port ${port} for the ${name} is taken: stop what uses it, or set ${variable} to a free one`,
    )
  }
  probe.close()
  await once(probe, 'close')
}

/** Asks every part to stop, and waits for it at most 9 s. */
async function stop(code: number): Promise<void> {
  if (stopping) return
  stopping = true
  process.exitCode = code
  const gone = parts.map(async ({ child }) => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGTERM')
    await Promise.race([once(child, 'exit'), sleep(9000, undefined, { ref: false })])
    child.kill('SIGKILL')
  })
  await Promise.all(gone)
}

function say(text: string): void {
  process.stderr.write(`keyhaven: ${text}\n`)
}
