/** Guards in processes of their own, which a bench controls. */
import { spawn } from 'node:child_process'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** Starts a script of this folder, and waits for its first line. */
export async function started(
  script: string,
  ...args: readonly string[]
): Promise<ChildProcessWithoutNullStreams> {
  const path = join(import.meta.dirname, script)
  const child = spawn(process.execPath, ['--conditions=keyhaven-source', path, ...args])
  child.stderr.pipe(process.stderr)
  await once(createInterface(child.stdout), 'line')
  return child
}

/** The newest entry of a running `one-guard.ts`, and its CPU so far in microseconds. */
export async function progressOf(
  guard: ChildProcessWithoutNullStreams,
): Promise<{ readonly seq: number; readonly cpu: number }> {
  const lines = createInterface(guard.stdout)
  const line = once(lines, 'line') as Promise<[string]>
  guard.stdin.write('?')
  const [seq = 0, cpu = 0] = (await line)[0].split(' ').map(Number)
  lines.close()
  return { seq, cpu }
}
