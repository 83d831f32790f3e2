import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream'
import { faultOf, PROBLEM, problemOf } from './faults.ts'
import type { Fault } from './faults.ts'
import { answerHeaders, requestHeaders } from './headers.ts'
import type { Passed } from './passed.ts'
import { send } from './send.ts'

/** The page's side of a web socket. */
interface Upgraded {
  readonly socket: Duplex
  readonly head: Buffer
}

/** Joins the page's web socket to the target's, or passes its refusal on. */
export function joinSockets(
  { request, target, id, failed, succeeded }: Passed,
  { socket, head }: Upgraded,
): void {
  const { connection, upgrade } = request.headers
  const headers = { ...requestHeaders(request, target, id), connection, upgrade }
  const onward = send({ ...target, path: request.url ?? '/', headers })
  onward.on('upgrade', (answer, theirs, first) => {
    succeeded()
    socket.write(headOf(answer, answer.rawHeaders))
    if (first.length > 0) socket.write(first)
    if (head.length > 0) theirs.write(head)
    theirs.on('error', () => theirs.destroy()).on('close', () => socket.destroy())
    socket.on('close', () => theirs.destroy())
    socket.pipe(theirs).pipe(socket)
  })
  onward.on('response', (answer) => {
    succeeded()
    const lines = Object.entries(answerHeaders(answer)).flatMap(([name, values]) =>
      values.flatMap((value) => [name, value]),
    )
    socket.write(headOf(answer, [...lines, 'connection', 'close']))
    pipeline(answer, socket, () => socket.destroy())
  })
  onward.on('error', (error) => {
    if (!socket.destroyed) failed(faultOf(target, error))
  })
  socket.on('close', () => onward.destroy())
  onward.end()
}

function headOf(
  { statusCode, statusMessage }: IncomingMessage,
  rawHeaders: readonly string[],
): string {
  const lines = [`HTTP/1.1 ${statusCode} ${statusMessage}`]
  for (let at = 0; at < rawHeaders.length; at += 2)
    lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`)
  return `${lines.join('\r\n')}\r\n\r\n`
}

/** Answers a web socket that could not be passed on. */
export function refuseSocket(socket: Duplex, fault: Fault): void {
  const body = problemOf(fault)
  const headers = `Content-Type: ${PROBLEM}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close`
  socket.end(`HTTP/1.1 502 Bad Gateway\r\n${headers}\r\n\r\n${body}`)
}
