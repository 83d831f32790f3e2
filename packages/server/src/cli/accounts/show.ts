import type {
  AdministeredAccount,
  ApiKeyView,
  FactorEntry,
  SessionEntry,
} from '@keyhaven/core/wire'
import { findAdministered } from '../../flows/accounts/read.ts'
import { listApiKeys } from '../../flows/api-keys/list.ts'
import { listFactors } from '../../flows/factors/list.ts'
import { listSessions } from '../../flows/sessions/list.ts'
import { factorInWords } from '../../mail/factor-in-words.ts'
import { knownAccount } from './known-account.ts'
import { withInstallation } from '../installation.ts'
import { printResult } from '../report.ts'

/** `keyhaven accounts show`: prints the facts of an account, its second factors, sessions and API keys. */
export function accountsShow(name: string, { json }: { readonly json?: boolean }): Promise<void> {
  return withInstallation(async ({ database }, settings) => {
    const context = { settings, database }
    const account = knownAccount(await findAdministered(context, { login: name }), name)
    // No account can have more sessions or keys
    const page = { limit: 100, after: undefined, descending: true }
    const { items } = await listSessions(database, page, { accountId: account.id })
    const sessions = items.map(({ current: _current, ...session }) => session)
    const { items: factors, recoveryCodes } = await listFactors(context, account.id)
    const { items: apiKeys } = await listApiKeys(context, account.id, page)
    const secondFactors = { items: factors, recoveryCodes }
    printResult(json, { ...account, secondFactors, sessions, apiKeys }, () => [
      ...factsOf(account).map(([name, fact]) => `${name.padEnd(13)} ${fact}`),
      `factors       ${factors.length === 0 ? 'none' : `${factors.length}, recovery codes left: ${recoveryCodes}`}`,
      ...factors.map((factor) => `  ${factorLine(factor)}`),
      `sessions      ${items.length === 0 ? 'none' : items.length}`,
      ...items.map((session) => `  ${sessionLine(session)}`),
      `API keys      ${apiKeys.length === 0 ? 'none' : apiKeys.length}`,
      ...apiKeys.map((key) => `  ${keyLine(key)}`),
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

function factorLine({ id, kind, name, createdAt, lastUsedAt }: FactorEntry): string {
  const what = [factorInWords(kind, 'en'), ...(name === null ? [] : [`“${name}”`])]
  return `${id}  ${what.join(' ')}  added ${createdAt}  last used ${lastUsedAt ?? 'never'}`
}

function keyLine({ id, name, scope, lastUsedAt, expiresAt }: ApiKeyView): string {
  const may = scope.length === 0 ? 'no scope' : scope.join(' ')
  return `${id}  “${name}”  ${may}  last used ${lastUsedAt ?? 'never'}  expires ${expiresAt}`
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
