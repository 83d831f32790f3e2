import { existsSync } from 'node:fs'
import { root } from './root.ts'
import { runStep } from './step.ts'

/** `npm run bench -- T2 T3`: runs the named targets, or all, one after the other on one core. */
const all = [
  't1',
  't2',
  't3',
  't4',
  't5',
  'issue',
  'commits',
  't6',
  't7',
  't8',
  't9',
  't10',
  't11',
  'scale',
  'two-services',
]
const names = process.argv.slice(2).filter((one) => !one.startsWith('--'))
const flags = process.argv.slice(2).filter((one) => one.startsWith('--'))
const chosen = names.length > 0 ? names.map((name) => name.toLowerCase()) : all
let failed = false
// Servers run from the build, as installed ones do
if (!(await runStep({ name: 'build', command: ['tsc', '-b', 'packages/server'] }))) process.exit(1)
for (const name of chosen) {
  const script = `bench/${name}.ts`
  if (!existsSync(`${root}/${script}`)) {
    if (names.length === 0) continue
    process.stderr.write(`There is no target '${name}': take ${all.join(', ')}.\n`)
    process.exitCode = 2
    continue
  }
  const node = [process.execPath, '--conditions=keyhaven-source', script, ...flags] as const
  // Pinned where the machine can: two cores share the load of everything else
  const command = existsSync('/usr/bin/taskset') ? (['taskset', '-c', '0', ...node] as const) : node
  if (!(await runStep({ name, command, limit: 600, loud: true }))) failed = true
}
if (failed) process.exitCode = 1
