/** Loaded into a service with `--import`: on SIGUSR2 it prints the longest stop of the event loop since the last one. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { isMainThread } from 'node:worker_threads'

if (isMainThread) {
  const delays = monitorEventLoopDelay({ resolution: 5 })
  delays.enable()
  process.on('SIGUSR2', () => {
    process.stderr.write(`longest stop ${Math.round(delays.max / 1e6)} ms\n`)
    delays.reset()
  })
}
