/** Runs in a thread: one hash at a time, at low priority. */
import { createHmac } from 'node:crypto'
import { constants, setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'
import { hashSync, verifySync } from '@node-rs/argon2'
import type { HashAnswer, HashJob } from './hash-pool.ts'

// On Linux a priority belongs to the thread, so requests keep theirs while passwords are hashed
setPriority(constants.priority.PRIORITY_BELOW_NORMAL)

parentPort?.on('message', (job: HashJob) => {
  parentPort?.postMessage(answerOf(job))
})

function answerOf({ password, pepper, hash, parameters }: HashJob): HashAnswer {
  try {
    const text =
      pepper === undefined
        ? password
        : createHmac('sha256', pepper).update(password).digest('base64url')
    return {
      ok: true,
      value: hash === undefined ? hashSync(text, parameters) : verifySync(hash, text),
    }
  } catch (error) {
    // Never the password: only the kind of failure
    return { ok: false, reason: error instanceof Error ? error.name : 'unknown' }
  }
}
