import { findAccountByLogin } from '../../stores/accounts.ts'
import { auditPage } from '../../stores/audit/audit.ts'
import type { AuditFilter } from '../../stores/audit/audit.ts'
import { emailKey, canonicalLoginKey } from '../../model/canonical-login.ts'
import type { Page, PageRequest } from '../../stores/page.ts'
import type { Context } from '../context.ts'
import { unknownLogin } from '../../model/unknown-login.ts'
import type { AuditEntry } from '../../views/audit-entry.ts'
import { auditEntry } from '../../views/audit-entry.ts'

/**
 * Lists audit rows. `account` is an id or a login; for a login without an account it finds failed
 * sign-ins, by the keyed hash that the log stores. `actor` is recorded text, or the e-mail address
 * of an account.
 */
export async function listAudit(
  context: Pick<Context, 'database' | 'keys'>,
  page: PageRequest,
  { account, actor, ...others }: Omit<AuditFilter, 'unknownLogin'>,
): Promise<Page<AuditEntry>> {
  const { items, next } = await context.database.read(async ({ db }) => {
    const acted = emailKey(actor ?? '')
    const person = acted === undefined ? undefined : await findAccountByLogin(db, acted)
    const filter = { ...others, actor: person?.id ?? actor }
    const key = account === undefined || isId(account) ? undefined : canonicalLoginKey(account)
    const named = key === undefined ? undefined : await findAccountByLogin(db, key)
    const wanted =
      key === undefined || named !== undefined
        ? { ...filter, account: named?.id ?? account }
        : { ...filter, unknownLogin: unknownLogin(context, key) }
    return auditPage(db, page, wanted)
  })
  return { next, items: items.map(auditEntry) }
}

/**
 * Whether the text is an account's id, which the log keeps for longer than the account. A user name
 * of this form is found by the account's id only.
 */
function isId(text: string): boolean {
  return /^acc_[\w-]{22}$/.test(text)
}
