import { events } from './table.ts'
import type { EventRow } from './table.ts'

/** The reference page of all events as Markdown. */
export function eventsPage(): string {
  const rows = Object.entries<EventRow>(events).map(
    ([name, { when, details }]) => `| \`${name}\` | ${when} | ${membersOf(details)} |`,
  )
  return `# Events

Look up an event here: the \`action\` of a row of the [audit log](../operate/audit.md), and the label \`event\` of the
counter \`keyhaven_events_total\` ([metrics](../operate/metrics.md)). The row is written in the transaction of the event,
so neither exists without the other. Made from \`packages/server/src/events/table.ts\` by \`npm run reference\`.

| \`action\` | is written when | \`details\` |
|---|---|---|
${rows.join('\n')}

\`ended\` counts the credentials that ended. No row holds a password, a token or a key.
`
}

function membersOf(details: EventRow['details']): string {
  return Object.entries(details)
    .map(([name, when]) => (when === '' ? `\`${name}\`` : `\`${name}\` ${when}`))
    .join(', ')
}
