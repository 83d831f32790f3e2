import type { AccountView } from '@keyhaven/core/wire'
import type { Account } from '../stores/accounts.ts'
import type { FlowSettings } from '../model/flow-settings.ts'

/** The resource that `sub` names. */
export function viewAccount(
  { settings }: { readonly settings: FlowSettings },
  account: Account,
): AccountView {
  return {
    href: `${settings.issuer}/accounts/${account.id}`,
    id: account.id,
    email: account.email,
    emailVerified: account.email_verified === 1,
    ...(account.username !== null && { username: account.username }),
    ...(account.name !== null && { name: account.name }),
    ...(account.profile !== null && {
      profile: JSON.parse(account.profile) as Record<string, unknown>,
    }),
    ...(account.locale !== null && { locale: account.locale }),
    status: account.status,
  }
}
