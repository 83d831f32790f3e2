import { join } from 'node:path'

const packages = join(import.meta.dirname, '../../..')

/** Programs that tests start often, with their sources. */
export const programSources = {
  keyhaven: join(packages, 'server/src/cli/main.ts'),
  'guarded-api': join(packages, 'stage/src/processes/guarded-api.ts'),
} as const

/**
 * The command line of a program of the sources: this Node, without a shell. In a run of tests the program is one
 * file, which the set-up of the run has bundled (`programs.ts`).
 */
export function program(name: keyof typeof programSources): readonly [string, ...string[]] {
  const folder = process.env['TEST_PROGRAMS']
  const file = folder === undefined ? programSources[name] : join(folder, `${name}.mjs`)
  return [process.execPath, '--conditions=keyhaven-source', file]
}
