import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

/** The faults of a network that the proxy can simulate. */
export type Trouble =
  | 'none'
  /** Nothing goes through in either direction; both ends stay connected. */
  | 'hang'
  /** Bytes of the server are lost. */
  | 'one way'
  /** Received bytes are lost for good; new connections are accepted and never served. */
  | 'half open'
  /** Every connection is reset at its next byte. */
  | 'reset'

interface Pair {
  readonly client: Socket
  readonly server: Socket
  /** Whether bytes were lost: TCP would never carry the next ones. */
  broken: boolean
}

/** Starts a proxy to a port that a test can hang, cut, slow down and reset. */
export async function startTcpProxy(port: number) {
  const pairs = new Set<Pair>()
  /** Sockets whose other end closed while the network hung. */
  const left = new Set<Socket>()
  let trouble: Trouble = 'none'
  let delay = 0

  /** In order: a piece waits for the one before it. */
  const pump = (pair: Pair, isAnswer: boolean): void => {
    const [from, to] = isAnswer ? [pair.server, pair.client] : [pair.client, pair.server]
    let last = Promise.resolve()
    from.on('data', (piece) => {
      if (trouble === 'reset') return void from.resetAndDestroy()
      pair.broken ||= trouble === 'half open' || (trouble === 'one way' && isAnswer)
      if (pair.broken) return
      const waited = new Promise((resolve) => setTimeout(resolve, delay))
      last = last.then(() => waited).then(() => void to.write(piece))
      if (trouble === 'hang') from.pause()
    })
  }
  const server = createServer((client) => {
    const pair: Pair = { client, server: connect(port, '127.0.0.1'), broken: false }
    pairs.add(pair)
    pump(pair, false)
    pump(pair, true)
    for (const [one, other] of [
      [client, pair.server],
      [pair.server, client],
    ] as const) {
      one.on('error', () => one.destroy())
      one.on('close', () => {
        pairs.delete(pair)
        left.delete(one)
        // A broken network reports no closed connection
        if (trouble !== 'half open' && trouble !== 'hang') other.destroy()
        else if (!other.destroyed) left.add(other)
      })
    }
    if (trouble === 'hang') for (const one of [client, pair.server]) one.pause()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => pairs.size,
    be: (next: Trouble) => {
      trouble = next
      // When the network works again, the end that is left gets a reset
      if (next === 'none') for (const one of left) one.resetAndDestroy()
      for (const { client, server: upstream } of pairs) {
        for (const one of [client, upstream]) {
          if (next === 'hang') one.pause()
          else if (next === 'reset') one.resetAndDestroy()
          else one.resume()
        }
      }
    },
    /** Delays every piece by this many milliseconds. */
    slow: (milliseconds: number) => {
      delay = milliseconds
    },
    close: () => {
      server.close()
      for (const { client, server: upstream } of pairs) {
        client.destroy()
        upstream.destroy()
      }
      for (const one of left) one.destroy()
    },
  }
}
