/**
 * Follows the feed on many connections, in a process of its own. At any line on its input it prints when each
 * entry arrived at each connection, in microseconds of the machine's monotonic clock.
 */
import { get } from 'node:http'
import type { IncomingMessage } from 'node:http'

const [address = '', count = '1', ...keys] = process.argv.slice(2)
const arrivals = new Map<number, number[]>()
let listening = 0

function follow(response: IncomingMessage): void {
  let live = false
  let rest = ''
  response.setEncoding('utf8')
  response.on('data', (chunk: string) => {
    const now = Number(process.hrtime.bigint() / 1000n)
    // An event may arrive in two parts
    const end = (rest + chunk).lastIndexOf('\n\n')
    const text = (rest + chunk).slice(0, end + 1)
    rest = (rest + chunk).slice(end + 1)
    if (!live && text.includes('event: heartbeat')) {
      live = true
      if (++listening === Number(count)) process.stdout.write('ready\n')
    }
    for (const [, seq] of text.matchAll(/^id: [\w-]+:(\d+)\nevent: revoke/gm)) {
      const times = arrivals.get(Number(seq)) ?? []
      arrivals.set(Number(seq), times)
      times.push(now)
    }
  })
  response.on('close', () => process.exit(1))
}

for (let at = 0; at < Number(count); at++) {
  const headers = {
    accept: 'text/event-stream',
    authorization: `Bearer ${keys[Math.floor(at / 64)] ?? ''}`,
  }
  get(`${address}/revocations`, { agent: false, headers }, follow)
}
process.stdin.on('data', () => {
  process.stdout.write(`${JSON.stringify([...arrivals])}\n`, () => process.exit(0))
})
