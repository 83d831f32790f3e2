import type { ContextPart } from '../context.ts'

/** Seals what is new, again and again, and tells once where its end is not what was sealed. */
export function createAuditKeeper({
  tools: { audit, log },
}: ContextPart<'tools', 'audit' | 'log'>): () => Promise<void> {
  let reported = false
  return async () => {
    const { holds, head } = await audit.seal()
    if (!holds && !reported) {
      const seen = audit.position.newest()?.seq
      log.error(
        { seen, head: head.number },
        'the end of the audit log is not what this installation sealed: run `keyhaven audit verify`',
      )
    }
    reported = !holds
  }
}
