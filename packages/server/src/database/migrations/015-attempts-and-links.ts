import type { Migration } from 'kysely/migration'

/** Creates the attempts of browsers, and the one-time tokens of mails. */
export const attemptsAndLinks: Migration = {
  async up(db) {
    await db.schema
      .createTable('attempts')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('browser_sha256', 'text', (column) => column.notNull())
      .addColumn('purpose', 'text', (column) => column.notNull())
      .addColumn('email_key', 'text')
      .addColumn('username_key', 'text', (column) => column.unique())
      .addColumn('sign_up', 'text')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('expires_at', 'bigint', (column) => column.notNull())
      .addColumn('epoch', 'integer', (column) => column.notNull())
      .addUniqueConstraint('attempts_by_browser', ['browser_sha256', 'purpose'])
      .execute()
    await db.schema
      .createTable('links')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('purpose', 'text', (column) => column.notNull())
      .addColumn('token_sha256', 'text', (column) => column.notNull().unique())
      .addColumn('code_hmac', 'text', (column) => column.notNull())
      .addColumn('tries', 'integer', (column) => column.notNull())
      .addColumn('attempt_id', 'text')
      .addColumn('account_id', 'text', (column) => column.references('accounts.id'))
      .addColumn('credential_version', 'integer')
      .addColumn('email', 'text', (column) => column.notNull())
      .addColumn('email_key', 'text', (column) => column.notNull())
      .addColumn('about', 'text')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('expires_at', 'bigint', (column) => column.notNull())
      .addColumn('epoch', 'integer', (column) => column.notNull())
      .execute()
    const indexes = [
      ['attempts_by_email', 'attempts', 'email_key'],
      ['attempts_by_end', 'attempts', 'expires_at'],
      ['links_by_attempt', 'links', 'attempt_id'],
      ['links_by_account', 'links', 'account_id'],
      ['links_by_email', 'links', 'email_key'],
      ['links_by_end', 'links', 'expires_at'],
    ] as const
    for (const [name, table, column] of indexes) {
      await db.schema.createIndex(name).on(table).column(column).execute()
    }
  },
}
