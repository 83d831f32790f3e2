import type { Stream } from '../../feed/event-writer.ts'
import type { Answer } from '../endpoint.ts'

/** Compression holds events back, so middleware of the app must not transform them; nginx must not buffer them. */
const headers = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
}

/** 200 with server-sent events. */
export function eventStream(stream: Stream): Answer {
  return { status: 200, headers, stream }
}
