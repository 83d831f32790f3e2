import type { ServerResponse } from 'node:http'
import { pipeline } from 'node:stream'
import { faultOf, PROBLEM, problemOf } from './faults.ts'
import type { Fault } from './faults.ts'
import { answerHeaders, requestHeaders } from './headers.ts'
import type { Passed } from './passed.ts'
import { send } from './send.ts'

/** Sends a request to its target, and the answer to the page, both as they come. */
export function forward(
  { request, target, id, failed, succeeded }: Passed,
  response: ServerResponse,
): void {
  const { method, url: path = '/' } = request
  const onward = send({ ...target, path, method, headers: requestHeaders(request, target, id) })
  onward.on('response', (answer) => {
    succeeded()
    response.statusCode = answer.statusCode ?? 502
    // HTTP/2 has no such phrase
    if (request.httpVersionMajor === 1) response.statusMessage = answer.statusMessage ?? ''
    for (const [name, values] of Object.entries(answerHeaders(answer))) {
      const [only = '', ...more] = values
      response.setHeader(name, more.length === 0 ? only : values)
    }
    // An event stream may send nothing for long
    response.flushHeaders()
    // A target that ends in the middle of an answer ends the page's answer too
    pipeline(answer, response, () => onward.destroy())
  })
  onward.on('error', (error) => {
    if (response.destroyed || response.closed) return
    if (response.headersSent) response.destroy()
    else failed(faultOf(target, error))
  })
  response.on('close', () => onward.destroy())
  request.pipe(onward)
}

/** Answers a request that could not be passed on. */
export function refuse(response: ServerResponse, fault: Fault): void {
  if (response.headersSent) return
  response.writeHead(502, { 'Content-Type': PROBLEM, 'Cache-Control': 'no-store' })
  response.end(problemOf(fault))
}
