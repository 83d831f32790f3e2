import type { AccountView } from '@keyhaven/core/wire'
import type { Account } from '../stores/accounts.ts'
import type { Rooms } from '../flows/context.ts'

/** The `sub` resource. */
export function viewAccount({ rules }: Pick<Rooms, 'rules'>, account: Account): AccountView {
  return {
    href: `${rules.issuer}/accounts/${account.id}`,
    id: account.id,
    email: account.email,
    emailVerified: account.email_verified === 1,
    ...(account.username !== null && { username: account.username }),
    ...(account.name !== null && { name: account.name }),
    ...(account.profile !== null && {
      profile: JSON.parse(account.profile) as Record<string, unknown>,
    }),
    status: account.status,
  }
}
