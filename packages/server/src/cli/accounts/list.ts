import type { AccountStatus, AdministeredAccount } from '@keyhaven/core/wire'
import { listAccounts } from '../../flows/accounts/list.ts'
import type { AccountFilter } from '../../flows/accounts/list.ts'
import type { Context } from '../../flows/context.ts'
import type { PagePosition } from '../../stores/page.ts'
import { withInstallation } from '../installation.ts'
import { jsonLine, plain } from '../plain.ts'
import { writeStandardOutput } from '../write-new-file.ts'

interface ListFlags {
  readonly search?: string
  readonly status?: AccountStatus
  readonly json?: boolean
}

/**
 * `keyhaven accounts list`: prints every matching account, oldest first, however many there are.
 */
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

/** One JSON value with one account on each line. */
async function* jsonOf(accounts: AsyncIterable<AdministeredAccount>): AsyncGenerator<string> {
  yield '{"accounts":['
  let comma = ''
  for await (const account of accounts) {
    yield comma + jsonLine(account)
    comma = ','
  }
  yield ']}'
}
