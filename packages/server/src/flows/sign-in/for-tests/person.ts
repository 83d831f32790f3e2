import { KeyhavenError } from '@keyhaven/core/errors'
import { happened } from '../../../events/happened.ts'
import type { Actor } from '../../../events/happened.ts'
import { canonicalLoginKey } from '../../../model/canonical-login.ts'
import { rightsForTest } from './test-rights.ts'
import type { TestRights, WantedRights } from './test-rights.ts'
import { newSecret, newTokenId } from '../../../secrets/random.ts'
import {
  addRole,
  findAccount,
  findAccountByLogin,
  lockAccount,
  rolesOf,
} from '../../../stores/accounts.ts'
import type { Account } from '../../../stores/accounts.ts'
import { viewAccount } from '../../../views/account.ts'
import { checkAccount, hashAccount, hashedAccount, writeAccount } from '../../accounts/create.ts'
import type { CheckedAccount, PreparedAccount } from '../../accounts/create.ts'
import { notifyApplication } from '../../application/call.ts'
import type { Context } from '../../context.ts'

/** The person whom a test signs in. */
export interface WantedPerson extends WantedRights {
  /** The address, user name or id of their account; without it a new person. */
  readonly account?: string | undefined
  /** Of a new account. Without it the account has no usable password. */
  readonly password?: string | undefined
}

/** An account for a test, with the rights of its session. */
export interface TestPerson {
  readonly account: Account
  /** As in `TestRights`. */
  readonly scopes: readonly string[] | undefined
}

/** Finds the account that a test names, or makes it. */
export async function personForTest(
  context: Context,
  wanted: WantedPerson,
  actor: Actor,
): Promise<TestPerson> {
  const found = await findNamed(context, wanted)
  if (found !== undefined) return knownPerson(context, { found, wanted }, actor)
  try {
    return await newPerson(context, wanted, actor)
  } catch (error) {
    if (!(error instanceof KeyhavenError) || error.code !== 'conflict') throw error
    // A test beside this one has just made the same account
    const made = await findNamed(context, wanted)
    if (made === undefined) throw error
    return knownPerson(context, { found: made, wanted }, actor)
  }
}

async function findNamed(
  { database }: Context,
  { account: name }: WantedPerson,
): Promise<Account | undefined> {
  if (name === undefined) return undefined
  const isId = name.startsWith('acc_')
  const key = isId ? undefined : canonicalLoginKey(name)
  const found = await database.read(async ({ db }) => {
    if (isId) return findAccount(db, name)
    return key === undefined ? undefined : findAccountByLogin(db, key)
  })
  if (isId && found === undefined) throw noSuchAccount()
  return found
}

function noSuchAccount(): KeyhavenError {
  const message = 'No account has this id: name an address, and its account is made.'
  return new KeyhavenError('invalid_request', { errors: [{ path: 'account', message }] })
}

async function newPerson(
  context: Context,
  { account: name = `test-${newTokenId()}@${NOWHERE}`, password, ...rights }: WantedPerson,
  actor: Actor,
): Promise<TestPerson> {
  const { settings, database, tools } = context
  const { defaultRoles } = settings.access
  const isDefault = rights.scopes === undefined && rights.roles === undefined
  const { roles, scopes } = rightsForTest(settings.access, rights, isDefault ? defaultRoles : [])
  const login = name.includes('@')
    ? { email: name }
    : { email: `${name}@${NOWHERE}`, username: name }
  const checked = checkAccount(context, {
    ...login,
    password: password ?? newSecret(),
    roles,
    emailVerified: true,
  })
  const prepared = await hashed(context, checked, password !== undefined)
  const account = await database.transact((moment) => writeAccount(moment, prepared, actor))
  const { afterSignUp } = tools.application.hooks
  if (afterSignUp) {
    const view = viewAccount(context, account)
    await notifyApplication(context, 'afterSignUp', () => afterSignUp(view))
  }
  return { account, scopes }
}

/** The domain of addresses that a test does not name: no mail can be sent there (RFC 2606). */
const NOWHERE = 'test.invalid'

/** For each service, the hash of a password that is known to none: hundreds of workers must not wait for hashes. */
const unusable = new WeakMap<object, string>()

async function hashed(
  context: Context,
  checked: CheckedAccount,
  hasPassword: boolean,
): Promise<PreparedAccount> {
  const { passwords } = context.tools
  if (hasPassword) return hashAccount(context, checked)
  const known = unusable.get(passwords) ?? (await passwords.hash('sign-up', newSecret()))
  unusable.set(passwords, known)
  return hashedAccount(checked, known)
}

/** Gives an account the roles that are missing, and takes none away: another worker may use them. */
async function knownPerson(
  context: Context,
  { found, wanted }: { readonly found: Account; readonly wanted: WantedPerson },
  actor: Actor,
): Promise<TestPerson> {
  await requirePassword(context, found, wanted)
  const { access } = context.settings
  const rightsAfter = (held: readonly string[]): TestRights => rightsForTest(access, wanted, held)
  const scopes = await context.database.transact(async (moment) => {
    const { db } = moment
    const account = await lockAccount(db, found.id)
    if (account === undefined) throw new KeyhavenError('not_found')
    const rights = rightsAfter(await rolesOf(db, account.id))
    for (const role of rights.roles) {
      const isNew = await addRole(db, account, role)
      const event = { actor, account: account.id, details: { role } }
      if (isNew) await happened(moment, 'role.assigned', event)
    }
    return rights.scopes
  })
  return { account: found, scopes }
}

async function requirePassword(
  { tools: { passwords } }: Context,
  { password_hash: known }: Account,
  { password }: WantedPerson,
): Promise<void> {
  if (password === undefined || (await passwords.verify('sign-in', password, known))) return
  throw new KeyhavenError('conflict', {
    detail:
      'The account exists with another password: leave `password` out, or name another `account`.',
  })
}
