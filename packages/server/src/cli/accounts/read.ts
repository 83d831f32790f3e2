import type { AccountStatus, AdministeredAccount, SessionEntry } from '@keyhaven/core/wire'
import { findAdministered } from '../../flows/accounts/read.ts'
import { listAccounts } from '../../flows/accounts/list.ts'
import { listSessions } from '../../flows/sessions/list.ts'
import type { AccountFilter } from '../../flows/accounts/list.ts'
import type { Context } from '../../flows/context.ts'
import type { PagePosition } from '../../stores/page.ts'
import { known } from './account-named.ts'
import { withInstallation } from '../installation.ts'
import { jsonLine, plain } from '../plain.ts'
import { say } from '../report.ts'
import { writeStandardOutput } from '../write-lines.ts'

interface ListFlags {
  readonly search?: string
  readonly status?: AccountStatus
  readonly json?: boolean
}

/** `keyhaven accounts list`: every account that fits, oldest first, however many there are. */
export function accountsList({ search, status, json }: ListFlags): Promise<void> {
  return withInstallation(({ database }, settings) => {
    const accounts = every({ settings, database }, { search, status })
    return writeStandardOutput(json ? jsonOf(accounts) : linesOf(accounts))
  })
}

type Reading = Pick<Context, 'settings' | 'database'>

async function* every(
  context: Reading,
  filter: AccountFilter,
): AsyncGenerator<AdministeredAccount, void> {
  let after: PagePosition | undefined
  do {
    const page = await listAccounts(context, { limit: 100, after, descending: false }, filter)
    yield* page.items
    after = page.next ?? undefined
  } while (after !== undefined)
}

async function* linesOf(accounts: AsyncIterable<AdministeredAccount>): AsyncGenerator<string> {
  for await (const { email, status, roles, lastSignInAt } of accounts) {
    const last = lastSignInAt === null ? 'never signed in' : `signed in ${lastSignInAt}`
    yield plain(`${email}  ${status}  ${roles.join(',') || 'no role'}  ${last}`)
  }
}

/** One JSON value, an account a line. */
async function* jsonOf(accounts: AsyncIterable<AdministeredAccount>): AsyncGenerator<string> {
  yield '{"accounts":['
  let comma = ''
  for await (const account of accounts) {
    yield comma + jsonLine(account)
    comma = ','
  }
  yield ']}'
}

/** `keyhaven accounts show`: what is known of an account, and where it is signed in. */
export function accountsShow(name: string, { json }: { readonly json?: boolean }): Promise<void> {
  return withInstallation(async ({ database }, settings) => {
    const context = { settings, database }
    const account = known(await findAdministered(context, { login: name }), name)
    // As many as an account can have
    const page = { limit: 100, after: undefined, descending: true }
    const { items } = await listSessions(database, page, { accountId: account.id })
    const sessions = items.map(({ current: _nobody, ...session }) => session)
    say(json, { ...account, sessions }, () => [
      ...factsOf(account).map(([name, fact]) => plain(`${name.padEnd(13)} ${fact}`)),
      `sessions      ${items.length === 0 ? 'none' : items.length}`,
      ...items.map((session) => plain(`  ${wordsOf(session)}`)),
    ])
  })
}

function factsOf(account: AdministeredAccount): readonly (readonly [string, string])[] {
  const { email, emailVerified, username, name, status, statusReason } = account
  return [
    ['id', account.id],
    ['e-mail', `${email}${emailVerified ? '' : ' (not confirmed)'}`],
    ...(username === undefined ? [] : [['user name', username] as const]),
    ...(name === undefined ? [] : [['name', name] as const]),
    ['status', statusReason === null ? status : `${status}: ${statusReason}`],
    ['roles', account.roles.join(', ') || 'none'],
    ['created', account.createdAt],
    ['last sign-in', account.lastSignInAt ?? 'never'],
  ]
}

function wordsOf({ id, device, browser, address, createdAt, lastUsedAt }: SessionEntry): string {
  const where = [device ?? browser ?? 'unnamed', ...(address === null ? [] : [`from ${address}`])]
  return `${id}  ${where.join(' ')}  signed in ${createdAt}  last used ${lastUsedAt}`
}
