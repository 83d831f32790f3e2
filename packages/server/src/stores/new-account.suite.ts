import { databasePlace } from '../config/database-place.ts'
import type { Connection } from '../database/database.ts'
import type { Locked } from '../database/locked.ts'
import { openDatabase } from '../database/open-database.ts'
import { insertAccount } from './accounts.ts'
import type { Account } from './accounts.ts'

/** Works with a new account in one transaction of a database. */
export async function withNewAccount(
  place: string,
  work: (db: Connection, account: Locked<Account>) => Promise<void>,
): Promise<void> {
  const database = await openDatabase(databasePlace(place), true)
  try {
    await database.transact(async ({ db }) => work(db, await insertAccount(db, account, [])))
  } finally {
    await database.close()
  }
}

const account: Account = {
  id: 'acc',
  email: 'a@example.com',
  email_key: 'a@example.com',
  email_verified: 0,
  username: null,
  username_key: null,
  name: null,
  profile: null,
  locale: null,
  password_hash: '',
  credential_version: 0,
  status: 'active',
  status_reason: null,
  created_at: 0,
  era: null,
  must_reset: 0,
  resets_paused_until: null,
}
