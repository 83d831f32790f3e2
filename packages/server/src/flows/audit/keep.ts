import type { ContextPart } from '../context.ts'

/** Checks the end of the log at each call, and logs once when it is not what was sealed. */
export function createAuditKeeper({
  tools: { audit, log },
}: ContextPart<'tools', 'audit' | 'log'>): () => Promise<void> {
  let reported = false
  return async () => {
    const { holds, head } = await audit.check()
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
