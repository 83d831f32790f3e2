import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'

// The processes of a demonstration, which end together: with Ctrl+C, or when one of them ends.

/** How a process is started. */
export interface Launch {
  readonly folder: string
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Finds a line of its log. */
  readonly watch?: RegExp
}

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

/** How the service begins the line of a mail. */
const MAIL = 'keyhaven: mail to '

/** Whether the parts are ending: nothing more may be started then. */
export function isStopping(): boolean {
  return stopping
}

/** Does the work, and ends all parts if it fails, at Ctrl+C, and when the bootstrap that started this is killed. */
export async function runParts(work: () => Promise<void>): Promise<void> {
  // More than once: a terminal and npm both pass Ctrl+C on
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => void stop(0))
  }
  const starter = process.ppid
  setInterval(() => process.ppid !== starter && void stop(1), 1000).unref()
  try {
    await work()
  } catch (error) {
    if (!stopping) say(error instanceof Error ? error.message : String(error))
    await stop(1)
  }
}

/** Starts a part. The answer is the first line of its log that `watch` finds. The first part is ended last. */
export function launch(
  name: string,
  [file = '', ...args]: readonly string[],
  { folder, environment, watch }: Launch,
): Promise<string> {
  const child = spawn(file, args, {
    cwd: folder,
    env: { ...process.env, ...environment },
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
      const found = watch?.exec(line)
      if (found) resolve(found[0])
      if (line !== '')
        process.stderr.write(`  ${name}: ${line.replace(/^keyhaven(?: guard)?: /, '')}\n`)
    })
  })
}

/** What a line of a log has for a developer: its text, or the message of JSON that is not about a request. */
function sentenceIn(line: string): string {
  if (!/^\{.*\}$/.test(line)) return line
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

/** The end of a command. */
export interface Ended {
  readonly code: number | null
  readonly output: string
  readonly problem: string
}

/** Runs a command to its end, with a text on its standard input. */
export async function command(
  [file = '', ...args]: readonly string[],
  { folder, environment }: Launch,
  input = '',
): Promise<Ended> {
  const child = spawn(file, args, {
    cwd: folder,
    env: { ...process.env, ...environment },
    detached,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let [output, problem] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (problem += chunk.toString()))
  // Whether it was read shows in the exit code
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, output, problem }
}

/** Waits until a part answers with success, for at most a minute. */
export async function until(name: string, url: string): Promise<void> {
  const deadline = performance.now() + 60_000
  while (performance.now() < deadline && !stopping) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(5000) }).catch(() => undefined)
    if (answer?.ok) return
    await sleep(100)
  }
  // Thrown while stopping too: nothing more may be started then
  throw new Error(`the ${name} did not answer at ${url} within 60 s: the lines above say why`)
}

/** Throws a sentence if a port can't be used; `variable` is the one that sets it. */
export async function requireFree(name: string, port: string, variable: string): Promise<void> {
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

/** Stops every part, the first one last: the others are connected to it. Waits at most 9 s. */
async function stop(code: number): Promise<void> {
  if (stopping) return
  stopping = true
  process.exitCode = code
  const late = sleep(9000, undefined, { ref: false })
  const [first, ...others] = parts
  await Promise.all(others.map((part) => end(part, late)))
  if (first !== undefined) await end(first, late)
}

async function end({ child }: Part, late: Promise<unknown>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  await Promise.race([once(child, 'exit'), late])
  child.kill('SIGKILL')
}

/** Prints a line of this script. */
export function say(text: string): void {
  process.stderr.write(`keyhaven: ${text}\n`)
}
