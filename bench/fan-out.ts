/** What it costs to tell entries to listeners: the service's own streams over real connections. */
import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setImmediate as breathe } from 'node:timers/promises'
import { createGuardStreams } from '../packages/server/src/feed/guard-streams.ts'
import type { Sink } from '../packages/server/src/feed/sink.ts'
import { responseSink } from '../packages/server/src/http/sinks.ts'
import { entries } from './entries.ts'

const LOG = 'g6u-OpJYTkXqFLVaYoRobA'

/** Microseconds of the service's CPU for a batch told to one listener, and for making its text. */
export interface FanOut {
  readonly batch: number
  readonly bytes: number
  readonly encode: number
  readonly write: number
}

/** Tells batches of these sizes to so many listeners, which are a process of their own. */
export async function fanOut(
  listeners: number,
  batches: readonly number[],
  rounds: number,
): Promise<FanOut[]> {
  const streams = createGuardStreams(() => {
    throw new Error('a listener was too slow')
  })
  const sinks: Sink[] = []
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const sink = responseSink(response)
    sinks.push(sink)
    streams.open(`guard-${sinks.length >> 6}`, sink)?.join()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const script = join(import.meta.dirname, 'listeners.ts')
  const child = spawn(process.execPath, [script, address, String(listeners)])
  await once(createInterface(child.stdout), 'line')
  let seq = 0
  const cpu = async (batch: number, heard: boolean): Promise<number> => {
    const before = process.cpuUsage()
    for (let round = 0; round < rounds; round++) {
      const told = entries(batch, seq)
      seq += batch
      // Nobody listens to the other: what is left is the making of texts
      ;(heard ? streams : silent).advance({ log: LOG, seq, time: Date.now() }, told)
      while (sinks.some((sink) => sink.pending > 0)) await breathe()
    }
    const { user, system } = process.cpuUsage(before)
    return (user + system) / rounds
  }
  const silent = createGuardStreams(() => {})
  const dumb: Sink = {
    write: () => {},
    pending: 0,
    taken: 0,
    drained: async () => {},
    end: () => {},
    drop: () => {},
  }
  silent.open('nobody', dumb)?.join()
  const figures: FanOut[] = []
  for (const batch of batches) {
    const written = sinks[0]?.taken ?? 0
    await cpu(batch, true)
    const bytes = ((sinks[0]?.taken ?? 0) - written) / rounds
    const encode = await cpu(batch, false)
    const write = ((await cpu(batch, true)) - encode) / listeners
    figures.push({ batch, bytes, encode, write })
  }
  child.kill()
  server.closeAllConnections()
  server.close()
  return figures
}
