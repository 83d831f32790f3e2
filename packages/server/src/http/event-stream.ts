import type { Stream } from '../feed/sink.ts'
import type { Answer } from './endpoint.ts'

/** 200 with server-sent events; a proxy must not hold them back. */
export function eventStream(stream: Stream): Answer {
  return {
    status: 200,
    headers: { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' },
    stream,
  }
}
