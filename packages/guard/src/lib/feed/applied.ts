import type { Position } from './message.ts'
import type { FeedRequest, FeedRuntime } from './runtime.ts'

/** Milliseconds between two posts: ten thousand guards that hear something all the time post as often. */
const APART = 500

/**
 * Tells the service what has been applied: the newest alone, one post at a time. Call the answer when
 * something was applied, and now and then, so that a post which failed is made up for.
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
