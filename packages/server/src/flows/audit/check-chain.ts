import type { KeyObject } from 'node:crypto'
import { isAsSealed } from '../../secrets/audit-seal.ts'
import type { Broken } from '../../model/verified.ts'
import type { SealedRow } from '../../stores/audit/audit-chain.ts'
import type { ChainPlace } from '../../stores/audit/chain-place.ts'

/** Checks a chain row by row. */
export interface ChainCheck {
  /** The last correct row. */
  readonly at: ChainPlace
  /** Checks the next row. @returns how it is broken, if it is. */
  take(row: SealedRow): Broken | undefined
}

/** Checks a chain after a place in it. Rows after `head` without a valid seal were inserted. */
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
      if (!isAsSealed(key, at.hash, row)) {
        return { number, what: number > head ? 'inserted' : 'edited' }
      }
      at = { number, hash }
      return undefined
    },
  }
}
