import { existsSync } from 'node:fs'
import { root } from './root.ts'
import { runStep } from './step.ts'

/** `npm run bench -- first-sight invalid-token`: runs the named targets, or all, one after the other on one core. */
const all = [
  'guard-known-token',
  'first-sight',
  'invalid-token',
  'api-key-at-guard',
  'route-overhead',
  'revocations-in-memory',
  'issue-token',
  'commit-rate',
  'revocation-latency',
  'end-tree',
  'revocation-rate',
  'sign-in-rate',
  'factor-sign-ins',
  'reset-storm',
  'outbox-rate',
  'who-am-i',
  'oauth-endpoints',
  'page-download',
  'slow-link',
  'lines',
  'start-and-rest',
  'scale',
  'two-services',
]
const names = process.argv.slice(2).filter((one) => !one.startsWith('--'))
const flags = process.argv.slice(2).filter((one) => one.startsWith('--'))
const chosen = names.length > 0 ? names.map((name) => name.toLowerCase()) : all
let failed = false
// Servers run from the build, as installed ones do
const isBuilt = await runStep({ name: 'build', command: [process.execPath, 'tools/build.ts'] })
if (!isBuilt) process.exit(1)
for (const name of chosen) {
  const script = `bench/${name}.ts`
  if (!existsSync(`${root}/${script}`)) {
    if (names.length === 0) continue
    process.stderr.write(`There is no target '${name}': take ${all.join(', ')}.\n`)
    process.exitCode = 2
    continue
  }
  const node = [process.execPath, '--conditions=keyhaven-source', script, ...flags] as const
  // Pinned if the machine can: two cores share the load of everything else
  const command = existsSync('/usr/bin/taskset') ? (['taskset', '-c', '0', ...node] as const) : node
  if (!(await runStep({ name, command, limit: 600, loud: true }))) failed = true
}
if (failed) process.exitCode = 1
