import type { Moment } from '../database/database.ts'
import { notices } from '../mail/templates.ts'
import type { NewMail } from '../mail/templates.ts'
import { newTokenId } from '../secrets/random.ts'
import { insertMail } from '../stores/mails.ts'

/** The content of a queued mail, before it is sealed. */
export interface MailPayload extends Pick<NewMail, 'template' | 'to' | 'locale'> {
  /** The same at every try, so that a recipient's server can drop a second copy. */
  readonly id: string
  readonly values: Readonly<Record<string, unknown>>
}

interface Queued {
  readonly event: string
  readonly account: string
  readonly mail: NewMail
}

/** Queues a mail in the flow's transaction, sealed because it may contain tokens. */
export async function queueMail(
  { db, now, sealMail, queued }: Moment,
  { event, account, mail }: Queued,
): Promise<void> {
  if (sealMail === undefined) throw new Error(`${event} queues a mail outside of a context`)
  if (sealMail === 'none') return
  const { template, to, locale, values, recipient = 'unconfirmed' } = mail
  const payload: MailPayload = { id: newTokenId(), template, to, locale, values }
  await insertMail(db, {
    template,
    event,
    account_id: account,
    payload: sealMail(JSON.stringify(payload)),
    share: notices.includes(template) ? 'notice' : recipient,
    written_at: now,
  })
  queued?.push(template)
}
