import { report } from './report.ts'

/** Milliseconds after which the process ends whatever still runs; the promise is 10 s. */
const BOUND = 9500

/**
 * Stops once at SIGTERM or SIGINT. Later signals change nothing: launchers pass on the one that the
 * terminal has sent already.
 */
export function stopOnSignal(stop: () => Promise<void>): void {
  let stopping = false
  const onSignal = (): void => {
    if (stopping) return
    stopping = true
    setTimeout(() => {
      report(new Error('Running work did not end in time and was cut off.'), false)
      process.exit(1)
    }, BOUND).unref()
    stop().catch((error: unknown) => {
      report(error, false)
      process.exitCode = 1
    })
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
}
