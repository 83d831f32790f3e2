import { addedTo } from './added-to.ts'
import { confirm } from '../confirm.ts'
import type { List } from '../list.ts'

/** Replaces the recovery codes, after a dialog that names the former ones. */
export function renewCodes(list: List, count: number): void {
  const { pane } = list
  const { renewTitle: title, renewLead, renewAct: act, renewed } = pane.words.account.factors
  let codes: readonly string[] | undefined
  confirm(pane, {
    name: 'codes-renew',
    title,
    lead: renewLead(count),
    act,
    send: async () => {
      const result = await pane.auth.factors.renewRecoveryCodes()
      if (result.ok) codes = result.recoveryCodes
      return result
    },
    done: () => addedTo(list, renewed, codes),
  })
}
