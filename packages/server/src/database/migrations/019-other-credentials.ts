import type { ColumnDefinitionBuilder } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Creates what belongs to API keys, native sessions, exchanged tokens, tickets and machines. */
export const otherCredentials: Migration = {
  async up(db) {
    await db.schema
      .createTable('api_keys')
      .addColumn('credential_id', 'text', ofCredential)
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('secret_sha256', 'text', (column) => column.notNull())
      .addColumn('audiences', 'text')
      .addColumn('addresses', 'text')
      .addColumn('session_id', 'text')
      .execute()
    await db.schema
      .createTable('refresh_families')
      .addColumn('credential_id', 'text', ofCredential)
      .addColumn('family', 'text', (column) => column.notNull().unique())
      .addColumn('generation', 'integer', (column) => column.notNull())
      .addColumn('rotated_at', 'bigint')
      .execute()
    await db.schema
      .createTable('delegations')
      .addColumn('credential_id', 'text', ofCredential)
      .addColumn('audiences', 'text', (column) => column.notNull())
      .addColumn('actor', 'text')
      .addColumn('issuer', 'text')
      .execute()
    await db.schema
      .createTable('tickets')
      .addColumn('credential_id', 'text', ofCredential)
      .addColumn('ticket_sha256', 'text', (column) => column.notNull().unique())
      .addColumn('url', 'text', (column) => column.notNull())
      .addColumn('audiences', 'text', (column) => column.notNull())
      .addColumn('redeemed_at', 'bigint')
      .execute()
    await db.schema
      .createTable('foreign_tokens')
      .addColumn('issuer', 'text', (column) => column.notNull())
      .addColumn('jti_sha256', 'text', (column) => column.notNull())
      .addColumn('expires_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('foreign_tokens_of_issuer', ['issuer', 'jti_sha256'])
      .execute()
    await db.schema
      .createIndex('foreign_tokens_by_end')
      .on('foreign_tokens')
      .column('expires_at')
      .execute()
    await db.schema
      .createTable('machines')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull().unique())
      .addColumn('key_sha256', 'text', (column) => column.notNull().unique())
      .addColumn('scope', 'text', (column) => column.notNull())
      .addColumn('addresses', 'text')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('expires_at', 'bigint', (column) => column.notNull())
      .addColumn('last_used_at', 'bigint')
      .execute()
    // A program that does not know them leaves them out
    for (const column of ['audiences', 'origins', 'exchange_to']) {
      await db.schema.alterTable('guards').addColumn(column, 'text').execute()
    }
  },
}

/** Rows of a kind are deleted with their credential. */
function ofCredential(column: ColumnDefinitionBuilder): ColumnDefinitionBuilder {
  return column.primaryKey().references('credentials.id').onDelete('cascade')
}
