import { asvs } from './asvs.ts'
import type { Part } from './demand.ts'
import { hardening } from './hardening.ts'
import { standards } from './standards.ts'

/** Every demand, in the order of the page. */
export const demands: readonly Part[] = [...standards, hardening, ...asvs]
