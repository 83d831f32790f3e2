import type { AdministeredAccount, SessionEntry } from '@keyhaven/core/wire'
import { findAdministered } from '../../flows/accounts/read.ts'
import { listSessions } from '../../flows/sessions/list.ts'
import { knownAccount } from './known-account.ts'
import { withInstallation } from '../installation.ts'
import { printResult } from '../report.ts'

/** `keyhaven accounts show`: prints the facts of an account and its sessions. */
export function accountsShow(name: string, { json }: { readonly json?: boolean }): Promise<void> {
  return withInstallation(async ({ database }, settings) => {
    const context = { settings, database }
    const account = knownAccount(await findAdministered(context, { login: name }), name)
    // No account can have more sessions
    const page = { limit: 100, after: undefined, descending: true }
    const { items } = await listSessions(database, page, { accountId: account.id })
    const sessions = items.map(({ current: _current, ...session }) => session)
    printResult(json, { ...account, sessions }, () => [
      ...factsOf(account).map(([name, fact]) => `${name.padEnd(13)} ${fact}`),
      `sessions      ${items.length === 0 ? 'none' : items.length}`,
      ...items.map((session) => `  ${sessionLine(session)}`),
    ])
  })
}

function factsOf(account: AdministeredAccount): readonly (readonly [string, string])[] {
  const { email, emailVerified, username, name, status, statusReason } = account
  return [
    ['id', account.id],
    ['e-mail', `${email}${emailVerified ? '' : ' (not verified)'}`],
    ...(username === undefined ? [] : [['user name', username] as const]),
    ...(name === undefined ? [] : [['name', name] as const]),
    ['status', statusReason === null ? status : `${status}: ${statusReason}`],
    ['roles', account.roles.join(', ') || 'none'],
    ['created', account.createdAt],
    ['last sign-in', account.lastSignInAt ?? 'never'],
  ]
}

function sessionLine({
  id,
  device,
  browser,
  address,
  createdAt,
  lastUsedAt,
}: SessionEntry): string {
  const where = [device ?? browser ?? 'unnamed', ...(address === null ? [] : [`from ${address}`])]
  return `${id}  ${where.join(' ')}  signed in ${createdAt}  last used ${lastUsedAt}`
}
