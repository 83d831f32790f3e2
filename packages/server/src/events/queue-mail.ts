import type { Moment } from '../database/database.ts'
import { isNotice } from '../mail/template-names.ts'
import type { NewMail } from '../mail/templates.ts'
import { newTokenId } from '../secrets/random.ts'
import { deliverable } from '../model/canonical-login.ts'
import { insertMail } from '../stores/delivery/mails.ts'

/** The content of a queued mail, before it is sealed. */
export interface MailPayload extends Pick<NewMail, 'template' | 'to' | 'locale'> {
  /** The same at every try, so that a recipient's server can drop a second copy. */
  readonly id: string
  readonly values: Readonly<Record<string, unknown>>
}

/** The fragment of a link with a one-time token (`model/page-link.ts`). */
const WITH_TOKEN = /#(token|undo)=/

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
  const { template, locale, values, recipient = 'unconfirmed', oneTime } = mail
  if (oneTime === undefined && WITH_TOKEN.test(JSON.stringify(values))) {
    throw new Error(`${event} queues a mail with a token that does not name its link`)
  }
  const to = deliverable(mail.to)
  const payload: MailPayload = { id: newTokenId(), template, to, locale, values }
  const share = isNotice(template) ? 'notice' : recipient
  await insertMail(db, {
    template,
    event,
    account_id: account,
    payload: sealMail(JSON.stringify(payload)),
    share,
    lane: share === 'unconfirmed' ? 'unconfirmed' : 'first',
    link_id: oneTime?.id ?? null,
    link_life: oneTime?.life ?? null,
    written_at: now,
  })
  queued?.push(template)
}
