import { report } from './report.ts'

/**
 * Milliseconds after which the process ends even with running work; the documented limit is 10 s.
 */
const BOUND = 9500

/**
 * Stops once, at the first SIGTERM or SIGINT. Later signals do nothing: launchers forward the one
 * that the terminal has already sent.
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
