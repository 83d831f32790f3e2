import { globSync, readFileSync } from 'node:fs'
import { root } from './root.ts'
import { runStep } from './step.ts'
import { clusterPrograms, installSystemPackages } from './system-packages.ts'

/** `npm run chaos`: every test file that takes a dose, at the whole dose; an hour, most of it on PostgreSQL. */
await installSystemPackages(clusterPrograms)
const patterns = ['packages/*/{src,tests}/**/*.test.{ts,tsx}', 'tests/**/*.test.ts']
const files = globSync(patterns, { cwd: root, exclude: ['**/node_modules'] }).filter((file) =>
  /^import .*\/doses\.ts'$/m.test(readFileSync(`${root}/${file}`, 'utf8')),
)
const good = await runStep({
  name: `the whole dose of tests/doses.ts (${files.length} files)`,
  limit: 5400,
  loud: true,
  environment: { KEYHAVEN_DOSE: 'whole' },
  // One file at a time: some kill, some measure
  command: ['vitest', 'run', '--no-file-parallelism', ...files],
})
const caught = await runStep({
  name: 'deliberate mistakes that the model test must notice',
  limit: 2400,
  loud: true,
  command: [process.execPath, '--conditions=keyhaven-source', 'tools/mutations.ts'],
})
process.exitCode = good && caught ? 0 : 1
