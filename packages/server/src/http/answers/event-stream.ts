import type { Stream } from '../../feed/event-writer.ts'
import type { Answer } from '../endpoint.ts'

/**
 * Compression would delay events, so the app's middleware must not transform them and nginx must
 * not buffer them.
 */
const headers = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
}

/** A 200 with server-sent events. */
export function eventStream(stream: Stream): Answer {
  return { status: 200, headers, stream }
}
