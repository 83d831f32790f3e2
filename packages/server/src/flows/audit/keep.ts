import type { Rooms } from '../context.ts'

/** Seals what is new, again and again, and tells once where its end is not what was sealed. */
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
        'the end of the audit log is not what this installation sealed: run `keyhaven audit verify`',
      )
    }
    told = !holds
  }
}
