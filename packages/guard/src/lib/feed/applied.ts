import type { Position } from './message.ts'
import type { FeedRequest, FeedRuntime } from './runtime.ts'

/** Milliseconds between two posts: ten thousand guards with constant events all post this often. */
const APART = 500

/**
 * Returns a function that posts the newest applied position to the service, one post at a time. Call it when
 * a message was applied, and at intervals, so that a failed post is repeated.
 */
export function createAppliedReport(
  request: FeedRequest,
  position: () => Position | undefined,
  { after, monotonic, post }: FeedRuntime,
): () => void {
  let sent = ''
  let sending = false
  let last = -Infinity

  const send = (): void => {
    const text = JSON.stringify(position())
    last = monotonic()
    post(request, text, (status) => {
      sending = false
      if (status === undefined || status >= 300) return
      sent = text
      report()
    })
  }
  const report = (): void => {
    const now = position()
    if (sending || now === undefined || JSON.stringify(now) === sent) return
    sending = true
    after(Math.max(0, last + APART - monotonic()), send)
  }
  return report
}
