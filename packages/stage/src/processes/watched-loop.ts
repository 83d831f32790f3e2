import { join } from 'node:path'
import { root, until } from './process.ts'
import type { RunningService } from './running-service.ts'

/** The environment of a service whose event loop is watched. */
export const watchedLoop: Readonly<Record<string, string>> = {
  NODE_OPTIONS: `--import ${join(root, 'packages/stage/src/processes/loop-watch.ts')}`,
}

/** The longest times, in milliseconds, in which a watched service's event loop did not turn. */
export interface LoopTimes {
  /** By the clock: other processes of the machine make it longer. */
  readonly stop: number
  /** By the processor time of the loop's thread: it does not grow while the loop waits for others. */
  readonly work: number
}

/** Reads the longest times since the last call. */
export async function longestTimes({
  process: { pid, output },
}: RunningService): Promise<LoopTimes> {
  const before = output().length
  const line = /longest stop (\d+) ms, longest work (\d+) ms/
  const printed = (): RegExpExecArray | null => line.exec(output().slice(before))
  process.kill(pid, 'SIGUSR2')
  await until('the times are printed', () => printed() !== null)
  const [stop = Infinity, work = Infinity] = (printed() ?? []).slice(1).map(Number)
  return { stop, work }
}
