import type { FlowSettings } from './flow-settings.ts'

/** The pages that links in mails open, each with the name of its one-time token. */
const pages = {
  verify: 'verify#token=',
  reset: 'reset#token=',
  'email-change': 'email-change#token=',
  'email-change-undo': 'email-change#undo=',
  erasure: 'erasure#undo=',
  deny: 'deny#token=',
  'sign-in': 'sign-in#token=',
} as const

/** A page that a link in a mail opens. */
export type LinkedPage = keyof typeof pages

/**
 * The link to a page, with a one-time token if the page needs one. The token is in the fragment, so
 * that it reaches no log and no `Referer`.
 */
export function pageLink(
  settings: Pick<FlowSettings, 'mail'>,
  page: LinkedPage,
  token?: string,
): string {
  const place = pages[page]
  const path = token === undefined ? place.slice(0, place.indexOf('#')) : place + token
  return `${settings.mail.pages}/${path}`
}
