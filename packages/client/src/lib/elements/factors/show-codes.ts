import { entered } from '../forms/entered.ts'
import type { Pane } from '../kit/pane.ts'
import { showOnce } from '../kit/show-once.ts'

/** Shows the recovery codes that came with a sign-in until the person has saved them, and then goes on. */
export function showCodes(pane: Pane, codes: readonly string[]): void {
  const { enrol } = pane.words.factors
  const words = { ...enrol, title: enrol.codes, lead: enrol.codesLead, label: enrol.codes }
  const onSaved = (): void => {
    // Another tab may have signed them out, which closes the dialog too
    if (pane.auth.state.account) entered(pane)
    else pane.go('sign-in')
  }
  showOnce(pane, codes, { words, onSaved })
}
