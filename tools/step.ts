import { spawn } from 'node:child_process'
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
}

/** Colours are for a terminal; a log is read as it is. */
const plain = process.stdout.isTTY ? {} : { NO_COLOR: '1' }

/** Runs a command, prints one line with its time, and its whole output where it fails. */
export async function runStep(step: Step): Promise<boolean> {
  const { name, command, folder = '.', environment, limit = 300, loud = false } = step
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
    stdio: ['ignore', loud ? 'inherit' : 'pipe', loud ? 'inherit' : 'pipe'],
    detached: true,
  })
  const output: Buffer[] = []
  child.stdout?.on('data', (chunk: Buffer) => output.push(chunk))
  child.stderr?.on('data', (chunk: Buffer) => output.push(chunk))
  let late = false
  const timer = setTimeout(() => {
    late = true
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  }, limit * 1000)
  const code = await new Promise<number | null>((resolve) => {
    child.on('error', () => resolve(null))
    child.on('close', resolve)
  })
  clearTimeout(timer)
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  const good = code === 0
  const verdict = good ? 'ok  ' : late ? 'LATE' : 'FAIL'
  process.stdout.write(`${verdict} ${name} (${seconds} s)\n`)
  if (!good) process.stdout.write(`${Buffer.concat(output).toString()}\n`)
  return good
}

/** Runs steps one after the other; the answer counts what passed and what failed. */
export async function runSteps(
  steps: readonly Step[],
): Promise<{ passed: number; failed: number }> {
  let passed = 0
  for (const step of steps) if (await runStep(step)) passed++
  return { passed, failed: steps.length - passed }
}
