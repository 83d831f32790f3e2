import { setImmediate as breathe } from 'node:timers/promises'
import { isOver } from '../../stores/in-batches.ts'
import type { JobWork } from '../../stores/in-batches.ts'
import { keepClaim } from '../../stores/jobs.ts'
import type { ContextPart } from '../context.ts'
import { SEALED_TOGETHER } from './open.ts'

/** Seals new rows of the audit log, in batches. */
export function createSealing({ tools: { audit } }: ContextPart<'tools', 'audit'>): JobWork {
  return {
    isDue: () => audit.isDue(),
    work: async (run) => {
      while (!isOver(run)) {
        const rows = await audit.sealSome((db) => keepClaim(db, run.claim))
        run.count(rows)
        if (rows < SEALED_TOGETHER) return false
        await breathe()
      }
      return true
    },
  }
}
