import type { GuardRequest } from '@keyhaven/guard'
import type { Changes, SessionChange } from '../feed/changes.ts'
import { guardedEndpoint } from '../http/endpoint.ts'
import { requireOwnOrigin } from '../http/own-origin.ts'
import type { Site } from '../http/site.ts'

/** Milliseconds between two signs of life, so that proxies keep the connection. */
const SIGN_OF_LIFE = 15_000

/** Tells the page, as server-sent events, of changes to its session and of its end. */
export const getSessionEvents = guardedEndpoint({
  summary: 'Server-sent events: changed, ended.',
  answers: { 200: undefined },
  handle: ({ rooms, site, request, caller }) => {
    if (caller.by !== 'bearer') refuseForeignPage(request, site)
    return {
      status: 200,
      headers: { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' },
      stream: eventsOf(rooms.changes, caller.session.id),
    }
  },
})

/** A sibling's page could not read the stream, but it would push the own page's out. */
function refuseForeignPage(request: GuardRequest, site: Site): void {
  const told = ['origin', 'sec-fetch-site'].some((name) => request.header(name) !== undefined)
  if (told) requireOwnOrigin(request, site)
}

function eventsOf(changes: Changes, sessionId: string): ReadableStream<Uint8Array> {
  let stop = (): void => {}
  return new ReadableStream({
    start: (controller) => {
      const send = (text: string): void => controller.enqueue(Buffer.from(text))
      const close = (): void => {
        stop()
        controller.close()
      }
      const told = (change: SessionChange): void => {
        const { kind, ...data } = change
        send(`event: ${kind}\ndata: ${JSON.stringify(data)}\n\n`)
        if (kind === 'ended') close()
      }
      const quiet = setInterval(() => send(': still here\n\n'), SIGN_OF_LIFE)
      const forget = changes.listen(sessionId, { told, replaced: close })
      stop = () => {
        clearInterval(quiet)
        forget()
      }
      send('retry: 2000\n: listening\n\n')
    },
    cancel: () => stop(),
  })
}
