import { BLANK } from '../mail/template-names.ts'
import type { NoticeKind } from '../stores/delivery/notices.ts'
import { events } from './table.ts'
import type { EventRow } from './event-row.ts'

const effects: Readonly<Record<NoticeKind, string>> = {
  keys: 'loads the signing keys, and sends them to its guards',
  guards: 'ends the feeds of guards whose key was removed, and forgets their keys',
  pages: 'notifies open pages of the account, which renew their session',
}

/** The reference page of all events as Markdown. */
export function eventsPage(): string {
  const rows = Object.entries<EventRow>(events).map(
    ([name, { when, details, notices = [], mail = [] }]) =>
      `| \`${name}\` | ${when} | ${membersOf(details)} | ${notices.join(', ')} | ${mailsOf(mail)} |`,
  )
  return `# Events

Look up an event here: the \`action\` of a row of the [audit log](../operate/audit.md), and the label \`event\` of the
counter \`keyhaven_events_total\` ([metrics](../operate/metrics.md)). The row is written in the transaction of the event,
so neither exists without the other. Made from \`packages/server/src/events/table.ts\` by \`npm run reference\`.

| \`action\` | is written when | \`details\` | notices | mail |
|---|---|---|---|---|
${rows.join('\n')}

\`ended\` counts the credentials that ended. No row holds a password, a token or a key.

## Mails

The mail of an event is queued in the same transaction ([mail](../operate/mail.md)).

## Notices

Events with a notice are also written to the outbox, in the same transaction. From there they reach every process on the
database within 250 ms, also if the process that wrote them is killed.

| notice | each process then |
|---|---|
${Object.entries(effects)
  .map(([name, effect]) => `| ${name} | ${effect} |`)
  .join('\n')}
`
}

/** A blank mail is never sent. */
function mailsOf(mails: readonly string[]): string {
  return mails.filter((name) => name !== BLANK).join(', ')
}

function membersOf(details: EventRow['details']): string {
  return Object.entries(details)
    .map(([name, when]) => (when === '' ? `\`${name}\`` : `\`${name}\` ${when}`))
    .join(', ')
}
