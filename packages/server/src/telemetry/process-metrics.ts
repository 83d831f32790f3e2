import { monitorEventLoopDelay } from 'node:perf_hooks'
import { packageVersion } from '../config/package-file.ts'
import { gauge } from './family.ts'
import type { Family } from './family.ts'

/**
 * Milliseconds between two samples of the event loop, and the shortest period that a value covers.
 */
const RESOLUTION = 20
const SPAN = 10_000

/** Watches the event loop, memory and processor time of this process. */
export function watchProcessMetrics(): { families(): readonly Family[]; close(): void } {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION })
  delay.enable()
  let since = performance.now()
  const version = packageVersion()
  let shown: readonly Family[] = []
  const delays = (): readonly Family[] => {
    // Scrapes that follow each other closely get the same values
    if (shown.length > 0 && performance.now() - since < SPAN) return shown
    // The measured delay includes the interval between two samples
    const late = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e9 - RESOLUTION / 1000)
    const at = (quantile: number) => ({
      labels: { quantile: String(quantile) },
      value: delay.count === 0 ? 0 : late(delay.percentile(quantile * 100)),
    })
    shown = [
      {
        name: 'keyhaven_event_loop_delay_seconds',
        help: 'Delay of the event loop since the previous scrape.',
        type: 'summary',
        samples: [at(0.5), at(0.99), at(1)],
      },
    ]
    delay.reset()
    since = performance.now()
    return shown
  }
  return {
    families: () => {
      const { rss, heapUsed, external } = process.memoryUsage()
      const { user, system } = process.cpuUsage()
      return [
        {
          name: 'keyhaven_build_info',
          help: 'The version of this process and of its Node; always 1.',
          type: 'gauge',
          samples: [{ labels: { node: process.versions.node, version }, value: 1 }],
        },
        ...delays(),
        gauge('process_resident_memory_bytes', 'Memory of this process.', rss),
        gauge('keyhaven_heap_used_bytes', 'Memory of JavaScript in use.', heapUsed),
        gauge(
          'keyhaven_external_bytes',
          'Memory outside the JavaScript heap: buffers, the copy of revocations.',
          external,
        ),
        {
          name: 'process_cpu_seconds_total',
          help: 'Processor time of this process.',
          type: 'counter',
          samples: [{ value: (user + system) / 1e6 }],
        },
        gauge(
          'process_start_time_seconds',
          'When this process started, in seconds since 1970.',
          performance.timeOrigin / 1000,
        ),
      ]
    },
    close: () => delay.disable(),
  }
}
