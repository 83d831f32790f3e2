import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createWriteStream, mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { program } from './program.ts'

/** The checkout's folder. */
export const root: string = join(import.meta.dirname, '../../../..')

/** The folder of all logs of a test run. */
const logs = join(root, '.work/logs')
mkdirSync(logs, { recursive: true })

/** The `keyhaven` command. */
export const keyhaven: readonly [string, ...string[]] = program('keyhaven')

/** A real process of a test, with its output. */
export interface RunningProcess {
  readonly pid: number
  /** Everything on both outputs so far. */
  readonly output: () => string
  /** Resolves with the exit code; null after a signal. */
  readonly exited: Promise<number | null>
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

interface Start {
  readonly folder?: string
  readonly environment?: Readonly<Record<string, string>>
  readonly input?: string
}

/** This process's environment without the variables of Keyhaven, Node and the test runner. */
export function outerEnvironment(): Record<string, string | undefined> {
  const own = /^(KEYHAVEN_|NOTES_|NODE_ENV|NODE_OPTIONS|VITEST|npm_)/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)))
}

/** Starts a process in a clean environment, without Keyhaven's variables of this run. */
export function run(command: readonly [string, ...string[]], start: Start = {}): RunningProcess {
  const [file, ...args] = command
  const child = spawn(file, args, {
    cwd: start.folder ?? root,
    env: { ...outerEnvironment(), ...start.environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let text = ''
  const keep = (chunk: Buffer): void => {
    text += chunk.toString()
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  // A check searches these logs for credentials when every test has run
  child.stderr.pipe(createWriteStream(join(logs, `${child.pid}.log`), { flags: 'a' }))
  child.stdin.on('error', () => {})
  child.stdin.end(start.input ?? '')
  const exited = once(child, 'close').then(([code]) => code as number | null)
  return {
    pid: child.pid ?? 0,
    output: () => text,
    exited,
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal)
      const late = sleep(15_000, 'late' as const, { ref: false })
      const how = await Promise.race([exited, late])
      if (how !== 'late') return how
      child.kill('SIGKILL')
      throw new Error(`the process did not stop within 15 s:\n${text}`)
    },
  }
}

/** Milliseconds between two looks. */
const PAUSE = 25

/**
 * Polls until the condition is true. Throws after this many seconds of pauses: what the condition itself takes does
 * not count, so a busy machine has more time. Give a limit only if it belongs to what the test proves.
 */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  seconds = 60,
): Promise<void> {
  for (let waited = 0; waited < seconds * 1000; waited += PAUSE) {
    if (await condition()) return
    await sleep(PAUSE)
  }
  throw new Error(`${what}: not within ${seconds} s`)
}

/** Whether a URL answers with a status of success. */
export async function answers(url: string): Promise<boolean> {
  const answer = await fetch(url).catch(() => undefined)
  return answer?.ok === true
}

/**
 * A free TCP port that no other test on this machine gets while this process runs: the UDP port of the same
 * number is the lock. The system assigns no ports of this range itself.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(12_000, 32_000)
    const claim = createSocket('udp4').unref()
    claim.bind(port, '127.0.0.1')
    const server = createServer()
    try {
      await once(claim, 'listening')
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
      server.close()
      await once(server, 'close')
      return port
    } catch {
      // Taken: try another
      claim.close()
    }
  }
}
