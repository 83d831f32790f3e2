import type { KeyObject } from 'node:crypto'
import { auditSealOf } from '../../secrets/audit-seal.ts'
import type { ChainPlace, SealedRow } from '../../stores/audit-chain.ts'

/** The first place at which a chain is broken, and what was done there. */
export interface Broken {
  readonly number: number
  readonly what: 'edited' | 'inserted' | 'missing' | 'truncated' | 'replaced'
}

/** Follows a chain row by row. */
export interface ChainCheck {
  /** The last row that was right. */
  readonly at: ChainPlace
  /** Takes the next row, or says what is wrong with it. */
  take(row: SealedRow): Broken | undefined
}

/** Checks a chain behind a place in it; rows behind `head` that bear no seal of ours were inserted. */
export function checkChain(key: KeyObject, behind: ChainPlace, head: number): ChainCheck {
  let at = behind
  return {
    get at() {
      return at
    },
    take: (row) => {
      const { number, hash } = row
      const next = at.number + 1
      if (number < next || (number > next && next > head)) return { number, what: 'inserted' }
      if (number > next) return { number: next, what: 'missing' }
      if (hash !== auditSealOf(key, at.hash, row)) {
        return { number, what: number > head ? 'inserted' : 'edited' }
      }
      at = { number, hash }
      return undefined
    },
  }
}
