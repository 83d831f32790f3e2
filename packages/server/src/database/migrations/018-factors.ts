import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Creates second factors, recovery codes and challenges, and the accounts that attempts belong to. */
export const factors: Migration = {
  async up(db) {
    await db.schema
      .createTable('factors')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('account_id', 'text', (column) => column.notNull().references('accounts.id'))
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('name', 'text')
      .addColumn('secret', 'text', (column) => column.notNull())
      .addColumn('passkey_id', 'text', (column) => column.unique())
      .addColumn('counter', 'bigint', (column) => column.notNull())
      .addColumn('about', 'text')
      .addColumn('session_id', 'text')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('confirmed_at', 'bigint')
      .addColumn('last_used_at', 'bigint')
      .execute()
    await db.schema
      .createIndex('factors_by_account')
      .on('factors')
      .columns(['account_id', 'created_at'])
      .execute()
    await db.schema
      .createIndex('factors_unconfirmed')
      .on('factors')
      .column('created_at')
      .where(sql<boolean>`confirmed_at is null`)
      .execute()
    await db.schema
      .createTable('recovery_codes')
      .addColumn('account_id', 'text', (column) => column.notNull().references('accounts.id'))
      .addColumn('code_hmac', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('recovery_codes_of_account', ['account_id', 'code_hmac'])
      .execute()
    await db.schema
      .createTable('challenges')
      .addColumn('subject_id', 'text', (column) => column.notNull())
      .addColumn('purpose', 'text', (column) => column.notNull())
      .addColumn('challenge', 'text', (column) => column.notNull())
      .addColumn('expires_at', 'bigint', (column) => column.notNull())
      .addColumn('epoch', 'integer', (column) => column.notNull())
      .addPrimaryKeyConstraint('challenges_of_subject', ['subject_id', 'purpose'])
      .execute()
    await db.schema.createIndex('challenges_by_end').on('challenges').column('expires_at').execute()
    // A program that does not know them leaves them out
    await db.schema
      .alterTable('attempts')
      .addColumn('account_id', 'text', (column) => column.references('accounts.id'))
      .execute()
    await db.schema.alterTable('attempts').addColumn('about', 'text').execute()
    await db.schema.alterTable('accounts').addColumn('resets_paused_until', 'bigint').execute()
    await db.schema.createIndex('attempts_by_account').on('attempts').column('account_id').execute()
  },
}
