import { changeIn } from './databases.ts'

/** Changes the audit log as an attacker with write access would: it first drops the triggers that prevent this. */
export async function forge(database: string, ...statements: readonly string[]): Promise<void> {
  const unguarded = database.startsWith('postgres')
    ? ['alter table audit disable trigger user']
    : ['audit_written', 'audit_erased', 'audit_sealed', 'audit_kept'].map(
        (name) => `drop trigger if exists ${name}`,
      )
  await changeIn(database, ...unguarded, ...statements)
}
