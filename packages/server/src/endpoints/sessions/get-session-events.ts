import * as z from 'zod'
import { rateLimited, streamLimits } from '../../config/limits.ts'
import type { FullOf, PageStream, SessionChange } from '../../feed/page-listeners.ts'
import { eventText } from '../../feed/event-writer.ts'
import type { Stream } from '../../feed/event-writer.ts'
import { guardedEndpoint } from '../../http/endpoint.ts'
import { eventStream } from '../../http/answers/event-stream.ts'
import { refuseForeignPage } from '../../http/callers/own-origin.ts'
import { hasFormerScope } from '../../model/access-claims.ts'

/** Milliseconds between two keep-alive comments, so that proxies keep the connection open. */
const KEEP_ALIVE = 15_000

/** Server-sent events that notify a page of changes to its session and of its end. */
export const getSessionEvents = guardedEndpoint({
  summary: 'Server-sent events: changed, ended.',
  answers: { 200: undefined },
  events: {
    changed: () => z.strictObject({}),
    ended: () => z.strictObject({ code: z.string() }),
  },
  handle: ({ context, site, request, caller }) => {
    // A page of a sibling origin could not read the stream, but would use up places of the own page
    if (caller.by !== 'bearer') refuseForeignPage(request, site)
    // A response to HEAD has no stream, so it uses no place
    if (request.method === 'HEAD') return eventStream(() => () => {})
    const place = context.listeners.pages.open(caller.session.id, caller.account.id)
    if (typeof place === 'string') throw rateLimited(RETRY_AFTER, allTakenOf[place])
    // The page could not be notified of a change between its token and this stream
    const isOutdated = caller.claims !== undefined && hasFormerScope(context, caller.claims, caller)
    return eventStream(eventsOf(place, isOutdated))
  },
})

/** Seconds: streams open and close with pages. */
const RETRY_AFTER = 5

const allTakenOf: Readonly<Record<FullOf, string>> = {
  session: `This session has ${streamLimits.eventStreams.points} open event streams, the most that it may have.`,
  account: `This account has ${streamLimits.accountStreams.points} open event streams, the most that it may have.`,
}

function eventsOf(place: PageStream, isOutdated: boolean): Stream {
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
    // A page that reads nothing is disconnected; it learns of missed changes at its next call
    const quiet = setInterval(() => {
      if (writer.queued > 0) writer.drop()
      else send(': keep-alive\n\n')
    }, KEEP_ALIVE)
    place.listen({ send: sendChange, stopped: close })
    const stop = (): void => {
      clearInterval(quiet)
      place.leave()
    }
    send('retry: 2000\n: listening\n\n')
    if (isOutdated) sendChange({ kind: 'changed' })
    return stop
  }
}
