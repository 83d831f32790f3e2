import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'

/**
 * Starts an idle thread, whose delays show how busy the machine is. Returns a function that ends the thread and
 * resolves with the longest delay in milliseconds.
 */
export async function idleThread(): Promise<() => Promise<number>> {
  const worker = new Worker(
    `const { monitorEventLoopDelay } = require('node:perf_hooks')
     const delays = monitorEventLoopDelay({ resolution: 1 })
     delays.enable()
     require('node:worker_threads').parentPort.on('message', () =>
       require('node:worker_threads').parentPort.postMessage(delays.max / 1e6))`,
    { eval: true },
  )
  await sleep(200)
  return async () => {
    const answer = new Promise<number>((resolve) => worker.once('message', resolve))
    worker.postMessage('')
    const longest = await answer
    await worker.terminate()
    return longest
  }
}
