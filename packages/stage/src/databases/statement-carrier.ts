import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'

/** A proxy that gives an older pooler prepared statements. */
export interface StatementCarrier {
  readonly port: number
  close(): void
}

/**
 * Starts a proxy in front of a PgBouncer without prepared statements that carries them, as PgBouncer does from
 * 1.21 on: it parses a named statement again for each use (PostgreSQL 15, section 55.7).
 */
export async function carryStatements(pooler: number): Promise<StatementCarrier> {
  const server: Server = createServer((client) => {
    const behind = connect(pooler, '127.0.0.1')
    const rewrite = rewriter()
    client.on('data', (chunk: Buffer) => behind.write(rewrite(chunk)))
    behind.pipe(client)
    for (const [one, other] of [
      [client, behind],
      [behind, client],
    ] as const) {
      one.on('error', () => other.destroy())
      one.on('close', () => other.destroy())
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    close: () => server.close(),
  }
}

/** Returns a function that maps the bytes of one client to those for the pooler. */
function rewriter(): (chunk: Buffer) => Buffer {
  const parsed = new Map<string, Buffer>()
  let rest = Buffer.alloc(0)
  let started = false
  const message = (text: Buffer): Buffer => {
    const type = String.fromCharCode(text[0] ?? 0)
    const body = text.subarray(5)
    const [first, afterFirst] = textAt(body, 0)
    if (type === 'P' && first !== '') {
      parsed.set(first, body.subarray(afterFirst))
      // It is parsed when it is used
      return Buffer.alloc(0)
    }
    if (type !== 'B') return text
    const [statement, afterStatement] = textAt(body, afterFirst)
    const known = parsed.get(statement)
    if (known === undefined) return text
    const bind = Buffer.concat([
      body.subarray(0, afterFirst),
      Buffer.from([0]),
      body.subarray(afterStatement),
    ])
    return Buffer.concat([framed('P', Buffer.concat([Buffer.from([0]), known])), framed('B', bind)])
  }
  return (chunk) => {
    rest = Buffer.concat([rest, chunk])
    const on: Buffer[] = []
    for (;;) {
      const head = started ? 1 : 0
      if (rest.length < head + 4) break
      const end = head + rest.readInt32BE(head)
      if (rest.length < end) break
      on.push(started ? message(rest.subarray(0, end)) : rest.subarray(0, end))
      started = true
      rest = rest.subarray(end)
    }
    return Buffer.concat(on)
  }
}

function framed(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head.write(type)
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

/** A text that ends with a zero byte, and the place after that byte. */
function textAt(bytes: Buffer, from: number): readonly [string, number] {
  const end = bytes.indexOf(0, from)
  return [bytes.toString('utf8', from, end), end + 1]
}
