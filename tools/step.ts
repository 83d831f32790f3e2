import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { root } from './root.ts'

/** One command of a run: how it is called for people, and what it executes. */
export interface Step {
  readonly name: string
  readonly command: readonly [string, ...string[]]
  /** Folder below the root. */
  readonly folder?: string
  readonly environment?: Readonly<Record<string, string>>
  /** Seconds that it may take. */
  readonly limit?: number
  /** Shows its lines while it runs, not only when it fails. */
  readonly loud?: boolean
  /** What comes behind it waits for it, and it for all before. */
  readonly barrier?: boolean
  /** Another step runs beside it: its lines are shown together, when it has ended. */
  readonly beside?: boolean
}

/** How long a step took, and whether it passed. */
export interface StepTime {
  readonly name: string
  readonly seconds: number
  readonly good: boolean
}

/** Of every step that has ended, in that order. */
const times: StepTime[] = []
export const stepTimes: readonly StepTime[] = times

/** Colours are for a terminal; a log is read as it is. */
const plain = process.stdout.isTTY ? {} : { NO_COLOR: '1' }

/** Process groups of running steps: a step takes its own children along when it is stopped. */
const groups = new Set<number>()
let stopping = false
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    stopping = true
    process.exitCode = 128 + constants.signals[signal]
    for (const group of groups) signalGroup(group, 'SIGTERM')
    setTimeout(() => {
      for (const group of groups) signalGroup(group, 'SIGKILL')
      process.exit()
    }, 5000).unref()
    if (groups.size === 0) process.exit()
  })
}

/** Runs a command, prints one line with its time, and its whole output if it fails or another runs beside it. */
export async function runStep(step: Step): Promise<boolean> {
  const { name, command, folder = '.', environment, limit = 300 } = step
  const { loud = false, beside = false } = step
  const gathers = beside || !loud
  const began = performance.now()
  const [file, ...args] = command
  const child = spawn(file, args, {
    cwd: `${root}/${folder}`,
    env: {
      ...process.env,
      ...plain,
      PATH: `${root}/node_modules/.bin:${process.env['PATH']}`,
      ...environment,
    },
    stdio: ['ignore', gathers ? 'pipe' : 'inherit', gathers ? 'pipe' : 'inherit'],
    detached: true,
  })
  const group = child.pid
  if (group !== undefined) groups.add(group)
  const output: Buffer[] = []
  child.stdout?.on('data', (chunk: Buffer) => output.push(chunk))
  child.stderr?.on('data', (chunk: Buffer) => output.push(chunk))
  let late = false
  const timer = setTimeout(() => {
    late = true
    if (group !== undefined) signalGroup(group, 'SIGKILL')
  }, limit * 1000)
  const code = await new Promise<number | null>((resolve) => {
    child.on('error', (error) => {
      output.push(Buffer.from(`${file} can’t be started: ${error.message}`))
      resolve(null)
    })
    child.on('close', resolve)
    // A process that it left behind may hold its outputs open
    child.on('exit', (code) => setTimeout(() => resolve(code), 5000).unref())
  })
  clearTimeout(timer)
  if (group !== undefined) groups.delete(group)
  if (stopping) process.exit()
  const seconds = (performance.now() - began) / 1000
  const good = code === 0
  times.push({ name, seconds, good })
  const verdict = good ? 'ok  ' : 'FAIL'
  const why = late ? `, stopped after its limit of ${limit} s` : ''
  process.stdout.write(`${verdict} ${name} (${seconds.toFixed(1)} s${why})\n`)
  if (!good || beside) process.stdout.write(`${Buffer.concat(output).toString()}\n`)
  return good
}

function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal)
  } catch {
    // It has ended by itself in the meantime
  }
}

/** Runs steps, as many at once as there may be; the answer counts what passed and what failed. */
export async function runSteps(
  steps: readonly Step[],
  atOnce = 1,
): Promise<{ passed: number; failed: number }> {
  let passed = 0
  const run = async (step: Step): Promise<void> => {
    if (await runStep(step)) passed++
  }
  let free: (() => Promise<void>)[] = []
  for (const step of steps) {
    if (!step.barrier) {
      free.push(() => run(step))
      continue
    }
    await inLanes(atOnce, free)
    free = []
    await run(step)
  }
  await inLanes(atOnce, free)
  return { passed, failed: steps.length - passed }
}

/** Begins pieces of work in their order, as many at once; the answers stand in the same order. */
export async function inLanes<T>(
  atOnce: number,
  pieces: readonly (() => Promise<T>)[],
): Promise<T[]> {
  const answers: T[] = []
  const queue = pieces.entries()
  const lane = async (): Promise<void> => {
    for (const [at, piece] of queue) answers[at] = await piece()
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
  return answers
}
