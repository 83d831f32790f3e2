import { join } from 'node:path'
import { root, until } from './process.ts'
import type { RunningService } from './running-service.ts'

/** The environment of a service whose event loop is watched. */
export const watchedLoop: Readonly<Record<string, string>> = {
  NODE_OPTIONS: `--import ${join(root, 'packages/stage/src/processes/loop-watch.ts')}`,
}

/** The longest stop of a watched service's event loop, in milliseconds, since the last call. */
export async function longestStop({ process: { pid, output } }: RunningService): Promise<number> {
  const before = output().length
  process.kill(pid, 'SIGUSR2')
  await until('the stop is printed', () => output().slice(before).includes('longest stop'))
  return Number(/longest stop (\d+) ms/.exec(output().slice(before))?.[1])
}
