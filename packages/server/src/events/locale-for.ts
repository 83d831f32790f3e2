import { localeOfTag } from '../mail/locale.ts'
import type { Locale } from '../mail/locale.ts'
import type { Actor } from './happened.ts'

interface Recipient {
  readonly id: string
  readonly locale: string | null
}

/**
 * The language of a mail to an account, or to an address without one: the account's own, else that
 * of the browser if its user acts for themselves.
 */
export function localeFor(recipient: Recipient | undefined, actor: Actor): Locale {
  const own = localeOfTag(recipient?.locale)
  if (own !== undefined) return own
  const acts = actor.accountId ?? actor.operator
  return acts === undefined || acts === recipient?.id ? (actor.locale ?? 'en') : 'en'
}
