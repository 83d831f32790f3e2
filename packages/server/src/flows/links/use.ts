import { KeyhavenError } from '@keyhaven/core/errors'
import type { Moment } from '../../database/database.ts'
import { deleteLinks, lockLinks } from '../../stores/links.ts'
import type { Link } from '../../stores/links.ts'
import { endsOthers } from './issue.ts'
import { requireUnexpired } from './prove.ts'

/**
 * Uses a link up, and with it every other one of its address and purpose, if links of it end each other.
 * Of two transactions that use one link, or two such links of an address, exactly one succeeds.
 * @throws KeyhavenError `link_invalid` or `link_expired`.
 */
export async function useLink(moment: Moment, { id, ...aim }: Link): Promise<void> {
  const all = await lockLinks(moment.db, aim)
  const mine = all.find((link) => link.id === id)
  if (mine === undefined) throw new KeyhavenError('link_invalid')
  requireUnexpired(mine, moment)
  await deleteLinks(moment.db, endsOthers.has(aim.purpose) ? all : [mine])
}
