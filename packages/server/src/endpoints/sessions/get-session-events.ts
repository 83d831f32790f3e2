import type { GuardRequest } from '@keyhaven/guard'
import { z } from 'zod'
import { rateLimited, streamLimits } from '../../config/limits.ts'
import type { Place, SessionChange } from '../../feed/page-listeners.ts'
import { eventText } from '../../feed/event-writer.ts'
import type { Stream } from '../../feed/event-writer.ts'
import { guardedEndpoint } from '../../http/endpoint.ts'
import { eventStream } from '../../http/answers/event-stream.ts'
import { requireOwnOrigin } from '../../http/callers/own-origin.ts'
import type { Site } from '../../http/site.ts'

/** Milliseconds between two signs of life, so that proxies keep the connection. */
const SIGN_OF_LIFE = 15_000

/** Tells the page, as server-sent events, of changes to its session and of its end. */
export const getSessionEvents = guardedEndpoint({
  summary: 'Server-sent events: changed, ended.',
  answers: { 200: undefined },
  events: { changed: z.strictObject({}), ended: z.strictObject({ code: z.string() }) },
  handle: ({ context, site, request, caller }) => {
    if (caller.by !== 'bearer') refuseForeignPage(request, site)
    // A head has no stream, so it takes no place
    if (request.method === 'HEAD') return eventStream(() => () => {})
    const place = context.listeners.pages.open(caller.session.id)
    if (place === undefined) throw rateLimited(RETRY_AFTER, allTaken)
    return eventStream(eventsOf(place))
  },
})

/** Seconds: streams come and go with pages. */
const RETRY_AFTER = 5

const allTaken = `This session has ${streamLimits.eventStreams.points} open event streams, the most that it may have.`

/** A sibling's page could not read the stream, but it would use up the places of the own page. */
function refuseForeignPage(request: GuardRequest, site: Site): void {
  const named = ['origin', 'sec-fetch-site'].some((name) => request.header(name) !== undefined)
  if (named) requireOwnOrigin(request, site)
}

function eventsOf(place: Place): Stream {
  return (writer) => {
    const send = (text: string): void => writer.write(Buffer.from(text))
    const close = (): void => {
      stop()
      writer.end()
    }
    const sendChange = ({ kind, ...data }: SessionChange): void => {
      send(eventText(kind, data))
      if (kind === 'ended') close()
    }
    // A page that takes nothing is not kept: what it misses it hears at its next call
    const quiet = setInterval(() => {
      if (writer.queued > 0) writer.drop()
      else send(': still here\n\n')
    }, SIGN_OF_LIFE)
    place.listen({ send: sendChange, stopped: close })
    const stop = (): void => {
      clearInterval(quiet)
      place.leave()
    }
    send('retry: 2000\n: listening\n\n')
    return stop
  }
}
