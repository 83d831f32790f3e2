/**
 * Runs work one at a time. A call made while it runs joins the run that begins after it: what it is
 * given was begun after it asked, and however many ask, there is one more run.
 */
export function inTurn<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<unknown> = Promise.resolve()
  let next: Promise<T> | undefined
  return () => {
    next ??= running.then(() => {
      next = undefined
      const run = work()
      running = run.catch(() => undefined)
      return run
    })
    return next
  }
}
