import type { AccessActs } from '../account/account-acts.ts'
import type { ActTools } from '../account/act-tools.ts'

/** What streams use of the page. */
export type StreamTools = ActTools & Pick<AccessActs, 'ticketUrl'>
