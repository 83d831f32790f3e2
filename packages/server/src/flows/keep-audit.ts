import type { Rooms } from './rooms.ts'

/** Seals what is new, again and again, and tells once where rows that were seen are no longer there. */
export function createAuditKeeper({
  audit,
  log,
}: Pick<Rooms, 'audit' | 'log'>): () => Promise<void> {
  let told = false
  return async () => {
    const { holds, head } = await audit.seal()
    if (!holds && !told) {
      const seen = audit.mark.newest()?.seq
      log.error(
        { seen, head: head.number },
        'the audit log has lost rows that this installation has seen: run `keyhaven audit verify`',
      )
    }
    told = !holds
  }
}
