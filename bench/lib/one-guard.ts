/** A guard in a process of its own. At any input it prints the number of its newest entry and its CPU so far. */
import { createGuard } from '@keyhaven/guard'

const [issuer = '', feedKey = ''] = process.argv.slice(2)
const guard = createGuard({ issuer, feedKey, log: () => {} })
process.stdin.on('data', () => {
  const { user, system } = process.cpuUsage()
  process.stdout.write(`${guard.state().seq} ${user + system}\n`)
})
await guard.ready()
process.stdout.write('ready\n')
