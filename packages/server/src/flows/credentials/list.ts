import type { CredentialEntry } from '@keyhaven/core/wire'
import { treePage } from '../../stores/credentials/tree.ts'
import type { Page, PageRequest } from '../../stores/page.ts'
import { credentialItem } from '../../views/credential.ts'
import type { Context } from '../context.ts'

/** Lists the live credentials of an account, of every registered kind. */
export async function listCredentials(
  { database, kinds }: Pick<Context, 'database' | 'kinds'>,
  accountId: string,
  page: PageRequest,
): Promise<Page<CredentialEntry>> {
  const of = { accountId, kinds: kinds.all.map(({ name }) => name) }
  const { items, next } = await database.read((moment) => treePage(moment, of, page))
  return { next, items: items.map(credentialItem) }
}
