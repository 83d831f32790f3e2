import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { once } from 'node:events'

interface RawRequest {
  readonly method?: string
  /** Request target, sent unchanged. */
  readonly target?: string
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string
  /** The whole request, in place of the parts above. */
  readonly bytes?: string
  /** How many answers to wait for; 1 if left out. */
  readonly answers?: number
}

/** Sends bytes that no HTTP client would send, and reads the status lines of the answers. */
export async function rawAnswer(
  address: string,
  { bytes, answers = 1, ...parts }: RawRequest,
): Promise<{ status: number; statuses: readonly number[] }> {
  const socket = open(address)
  socket.write(bytes ?? textOf(parts))
  let text = ''
  const statuses = (): number[] =>
    [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status))
  await new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`no answer in 10 s: ${text}`)), 10_000)
    const finish = (): void => {
      clearTimeout(late)
      resolve()
    }
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1')
      if (statuses().length >= answers) finish()
    })
    socket.on('close', finish)
    socket.on('error', finish)
  })
  socket.destroy()
  return { status: statuses()[0] ?? 0, statuses: statuses() }
}

function textOf({ method = 'GET', target = '/', headers = {}, body = '' }: RawRequest): string {
  const all = { host: ['localhost'], ...headers }
  const framed =
    body === '' || 'content-length' in all || 'transfer-encoding' in all
      ? all
      : { ...all, 'content-length': [String(body.length)] }
  const lines = Object.entries(framed).flatMap(([name, value]) =>
    [value].flat().map((one) => `${name}: ${one}\r\n`),
  )
  return `${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n${body}`
}

/** Sends a request whose body is never complete; `end` closes this side of the socket as well. */
export async function stall(
  address: string,
  { path, origin, end }: { readonly path: string; readonly origin: string; readonly end: boolean },
): Promise<Socket> {
  const socket = open(address)
  await once(socket, 'connect')
  const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nOrigin: ${origin}\r\n`
  socket.write(`${head}Content-Type: application/json\r\nContent-Length: 40\r\n\r\n{"login":`)
  if (end) socket.end()
  return socket
}

/** Opens a socket and sends nothing. */
export const silent: (address: string) => Socket = open

function open(address: string): Socket {
  const { hostname, port } = new URL(address)
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true })
  socket.on('error', () => {})
  return socket
}
