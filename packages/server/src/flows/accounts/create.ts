import { knownRole } from '@keyhaven/core/access'
import { unknownRole } from '../../model/role-names.ts'
import { KeyhavenError } from '@keyhaven/core/errors'
import { happened } from '../../events/happened.ts'
import type { Actor } from '../../events/happened.ts'
import type { Moment } from '../../database/database.ts'
import type { Locked } from '../../database/locked.ts'
import { newId, newTokenId } from '../../secrets/random.ts'
import { insertAccount, isTaken } from '../../stores/accounts.ts'
import type { Account } from '../../stores/accounts.ts'
import { requireOneLine } from '../../model/one-line.ts'
import { emailKey, trimmedLogin, usernameKey } from '../../model/canonical-login.ts'
import type { NewAccount } from '../../model/new-account.ts'
import { applyPasswordPolicy } from '../../model/password-policy.ts'
import type { Context, ContextPart } from '../context.ts'

/** Checked input; only the password is not hashed yet. */
export interface CheckedAccount {
  readonly input: NewAccount
  readonly keys: { readonly email: string; readonly username: string | null }
  readonly roles: readonly string[]
}

/** An account that is ready to be written, with its hashed password. */
export interface PreparedAccount {
  readonly account: Omit<Account, 'created_at'>
  readonly roles: readonly string[]
}

/** Creates an account that can sign in at once, for the command line and the library. */
export async function createAccount(
  context: Pick<Context, 'settings' | 'database'> & ContextPart<'tools', 'passwords'>,
  input: NewAccount,
  actor: Actor,
): Promise<Account> {
  const checked = checkAccount(context, input)
  await context.tools.passwords.refuseBreached(checked.input.password)
  const prepared = await hashAccount(context, checked)
  return context.database.transact((moment) => writeAccount(moment, prepared, actor))
}

/** Refuses everything that can be refused without a hash or a query. */
export function checkAccount(
  { settings }: Pick<Context, 'settings'>,
  input: NewAccount,
): CheckedAccount {
  const keys = keysOf(input)
  requireOneLine('name', input.name)
  const email = trimmedLogin(input.email)
  const username = input.username === undefined ? null : trimmedLogin(input.username)
  const roles = input.roles ?? settings.access.defaultRoles
  for (const role of roles) {
    if (!knownRole(settings.access, role)) {
      throw invalid('roles', unknownRole(settings.access, role))
    }
  }
  applyPasswordPolicy(settings, input.password, { email, username, name: input.name ?? null })
  return { input: { ...input, email, username: username ?? undefined }, keys, roles }
}

/** Hashes the password, outside any transaction. */
export async function hashAccount(
  { tools: { passwords } }: ContextPart<'tools', 'passwords'>,
  checked: CheckedAccount,
): Promise<PreparedAccount> {
  return hashedAccount(checked, await passwords.hash('sign-up', checked.input.password))
}

/** The account of checked input, with this hash of its password. */
export function hashedAccount(
  { input, keys, roles }: CheckedAccount,
  passwordHash: string,
): PreparedAccount {
  return accountOf({
    roles,
    email: input.email,
    email_key: keys.email,
    email_verified: input.emailVerified ? 1 : 0,
    username: input.username ?? null,
    username_key: keys.username,
    name: input.name ?? null,
    profile: input.profile === undefined ? null : JSON.stringify(input.profile),
    password_hash: passwordHash,
  })
}

/** What differs between new accounts. */
export interface AccountDraft
  extends Pick<
    Account,
    | 'email'
    | 'email_key'
    | 'email_verified'
    | 'username'
    | 'username_key'
    | 'name'
    | 'profile'
    | 'password_hash'
  > {
  readonly roles: readonly string[]
}

/** An active account of a draft. */
export function accountOf({ roles, ...draft }: AccountDraft): PreparedAccount {
  return {
    roles,
    account: {
      id: newId('acc'),
      ...draft,
      credential_version: 1,
      status: 'active',
      status_reason: null,
      era: newTokenId(),
      must_reset: 0,
      resets_paused_until: null,
      locale: null,
    },
  }
}

/**
 * Writes a prepared account.
 * @throws KeyhavenError `conflict` if another account has the address or user name.
 */
export async function writeAccount(
  moment: Moment,
  { account, roles }: PreparedAccount,
  actor: Actor,
): Promise<Locked<Account>> {
  const { db, now } = moment
  const { email_key: email, username_key: username } = account
  if (await isTaken(moment, { email, username }))
    throw new KeyhavenError('conflict', { detail: taken })
  const row = { ...account, created_at: now }
  const written = await insertAccount(db, row, roles)
  await happened(moment, 'account.created', { actor, account: row.id, details: { roles } })
  return written
}

const taken = 'An account with this e-mail address or user name exists: sign in, or choose another.'

function keysOf(input: NewAccount): CheckedAccount['keys'] {
  const email = emailKey(input.email)
  if (email === undefined) {
    throw invalid('email', 'This is not an e-mail address: write it like name@example.com.')
  }
  if (input.username === undefined) return { email, username: null }
  const username = usernameKey(input.username)
  if (username === undefined) {
    throw invalid('username', 'Use 2 to 64 letters, digits, dots, hyphens and underscores.')
  }
  return { email, username }
}

function invalid(path: string, message: string): KeyhavenError {
  return new KeyhavenError('invalid_request', { errors: [{ path, message }] })
}
