import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { KeyhavenError } from '@keyhaven/core/errors'
import { threadScript } from '../../config/package-file.ts'
import { createHashTurns } from './hash-turns.ts'
import type { HashPurpose } from './hash-turns.ts'

/** A password to hash, or to check against a hash. */
export interface HashJob {
  readonly password: string
  /** The key that the password goes through first. */
  readonly pepper: Uint8Array | undefined
  readonly hash: string | undefined
  readonly parameters: {
    readonly memoryCost: number
    readonly timeCost: number
    readonly parallelism: number
  }
}

/** The answer of a hash thread: the hash, or whether the password matches. */
export type HashAnswer =
  | { readonly ok: true; readonly value: string | boolean }
  | { readonly ok: false; readonly reason: string }

/** Hashes passwords on as many threads as there are cores. */
export interface HashPool {
  /** Waits for a thread and runs the job. @throws KeyhavenError `overloaded`. */
  run(purpose: HashPurpose, job: HashJob): Promise<string | boolean>
  /** Requires a free place for one more job. @throws KeyhavenError `overloaded`. */
  requireRoom(purpose: HashPurpose): void
  state(): HashQueue
  close(): Promise<void>
}

/** The load of the hasher. */
export interface HashQueue {
  readonly waiting: number
  readonly running: number
  /** Jobs since the start that found a full queue or waited too long. */
  readonly refused: number
}

/** Milliseconds that a job may wait for its turn. */
const PATIENCE = 10_000

interface Waiting {
  readonly job: HashJob
  readonly resolve: (value: string | boolean) => void
  readonly reject: (error: unknown) => void
  readonly since: number
}

/**
 * The script of a thread: a .ts file in the sources, a .js file in the build.
 * @throws Error in a bundle of another format, in which code has no URL.
 */
export function hashWorker(): URL {
  return threadScript('secrets/hashes/hash-worker.ts')
}

/** Starts threads when they are first needed; `size` is their largest number, `patience` in ms. */
export function createHashPool(
  size: number = availableParallelism(),
  patience: number = PATIENCE,
): HashPool {
  const idle: Worker[] = []
  const busy = new Map<Worker, Waiting>()
  const turns = createHashTurns<Waiting>()
  let refused = 0
  let closed = false
  const overloaded = (): KeyhavenError => {
    refused += 1
    return new KeyhavenError('overloaded', { retryAfter: 2 })
  }

  const closing = (): KeyhavenError =>
    new KeyhavenError('unavailable', { reason: 'the service is closing', retryAfter: 1 })

  const next = (): void => {
    while (turns.waiting > 0) {
      const worker = idle.pop() ?? (busy.size < size ? start() : undefined)
      if (worker === undefined) return
      const waiting = turns.shift()
      if (waiting === undefined) return void idle.push(worker)
      if (performance.now() - waiting.since > patience) {
        idle.push(worker)
        waiting.reject(overloaded())
        continue
      }
      busy.set(worker, waiting)
      worker.postMessage(waiting.job)
    }
  }
  const start = (): Worker => {
    // Started when first needed, so that start-up does not wait for threads
    const worker = new Worker(hashWorker(), { execArgv: [] })
    worker.unref()
    worker.on('message', (answer: HashAnswer) => {
      const waiting = busy.get(worker)
      busy.delete(worker)
      idle.push(worker)
      if (answer.ok) waiting?.resolve(answer.value)
      else waiting?.reject(new KeyhavenError('internal', { reason: `hash: ${answer.reason}` }))
      next()
    })
    worker.on('error', (error) => {
      const waiting = busy.get(worker)
      busy.delete(worker)
      waiting?.reject(new KeyhavenError('internal', { reason: 'hash thread', cause: error }))
      next()
    })
    return worker
  }
  return {
    requireRoom: (purpose) => {
      if (!turns.hasRoom(purpose)) throw overloaded()
    },
    state: () => ({ waiting: turns.waiting, running: busy.size, refused }),
    run: (purpose, job) => {
      if (closed) return Promise.reject(closing())
      if (!turns.hasRoom(purpose)) return Promise.reject(overloaded())
      return new Promise((resolve, reject) => {
        turns.push(purpose, { job, resolve, reject, since: performance.now() })
        next()
      })
    },
    close: async () => {
      closed = true
      const workers = [...idle.splice(0), ...busy.keys()]
      // A terminated thread answers nothing, so its request is answered here
      for (const { reject } of [...turns.empty(), ...busy.values()]) reject(closing())
      busy.clear()
      await Promise.all(workers.map((worker) => worker.terminate()))
    },
  }
}
