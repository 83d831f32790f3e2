/** Loaded into a service with `--import`: on SIGUSR2 it prints the longest stop of the event loop since the last one. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { isMainThread } from 'node:worker_threads'

/** Milliseconds between two looks at the loop. */
const EVERY = 5

if (isMainThread) {
  const delays = monitorEventLoopDelay({ resolution: EVERY })
  delays.enable()
  let work = 0
  let seen = process.threadCpuUsage()
  setInterval(() => {
    const { user, system } = process.threadCpuUsage(seen)
    seen = process.threadCpuUsage()
    work = Math.max(work, user + system)
  }, EVERY).unref()
  process.on('SIGUSR2', () => {
    const [stop, worked] = [delays.max / 1e6, work / 1e3].map(Math.round)
    process.stderr.write(`longest stop ${stop} ms, longest work ${worked} ms\n`)
    delays.reset()
    work = 0
    seen = process.threadCpuUsage()
  })
}
