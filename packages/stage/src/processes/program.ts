import { join } from 'node:path'

const packages = join(import.meta.dirname, '../../..')

/** Programs that tests start again and again, with their sources. */
export const programSources = {
  keyhaven: join(packages, 'server/src/cli/main.ts'),
  'guarded-api': join(packages, 'stage/src/processes/guarded-api.ts'),
} as const

/**
 * A program of the sources, started by this Node with no shell between. In a run of tests it is one
 * file, which the set-up of the run has bundled (`programs.ts`).
 */
export function program(name: keyof typeof programSources): readonly [string, ...string[]] {
  const folder = process.env['TEST_PROGRAMS']
  const file = folder === undefined ? programSources[name] : join(folder, `${name}.mjs`)
  return [process.execPath, '--conditions=keyhaven-source', file]
}
