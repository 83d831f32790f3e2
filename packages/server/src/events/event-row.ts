import type { TemplateName } from '../mail/templates.ts'
import type { NoticeKind } from '../stores/delivery/notices.ts'

/** An event that is recorded. */
export interface EventRow {
  /** When it is written, for operators. */
  readonly when: string
  /** The members of `details` in its audit row, each with when it is there. */
  readonly details: Readonly<Record<string, string>>
  /** What every process is notified of, through the outbox. */
  readonly notices?: readonly NoticeKind[]
  /** The kinds of mail that it queues one of. */
  readonly mail?: readonly TemplateName[]
}
