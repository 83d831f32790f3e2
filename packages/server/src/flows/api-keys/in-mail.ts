import type { Moment } from '../../database/database.ts'
import { keysInWords } from '../../mail/keys-in-words.ts'
import type { Locale } from '../../mail/locale.ts'
import { apiKeyPage } from '../../stores/credentials/api-keys.ts'

/** The live API keys of an account, newest first, as a mail names them. */
export async function keysInMail(
  moment: Moment,
  accountId: string,
  locale: Locale,
): Promise<string> {
  const { items } = await apiKeyPage(moment, accountId, {
    limit: 100,
    after: undefined,
    descending: true,
  })
  return keysInWords(items, locale)
}
