import type { DeviceEntry, SessionEntry } from '@keyhaven/core/wire'
import type { Tree } from '../kit/tree.ts'
import { ago, entry, pill, rowForm, when } from './rows.ts'
import type { Row } from './rows.ts'
import type { Section } from './section.ts'

/** A device on which the person is signed in. */
export function sessionRow(section: Section, one: SessionEntry): Row {
  const { devices: words } = section.pane.words.account
  const { id, device, browser, current, changed, address, createdAt, lastUsedAt } = one
  const name = device ?? browser ?? words.unnamed
  const marks = [
    ...(current ? [' ', pill(words.here, 'kh-own')] : []),
    ...changed.flatMap((what) => [' ', pill(words.changed[what], 'kh-warn')]),
  ]
  const facts = [
    current ? words.now : ago(section, lastUsedAt, words.active),
    words.since(when(section, createdAt)),
    ...from(section, address),
    ...(browser !== null && browser !== name ? [browser] : []),
  ]
  const act = current
    ? rowForm('session-leave', id, words.out)
    : rowForm('session-end', id, words.end)
  return { name: id, what: entry([name, ...marks], facts), acts: [act] }
}

/** A browser that was used before. */
export function deviceRow(section: Section, one: DeviceEntry): Row {
  const { devices: words } = section.pane.words.account
  const { id, browser, address, lastUsedAt } = one
  const name = browser ?? words.unnamed
  const facts = [words.signedOut, ago(section, lastUsedAt, words.used), ...from(section, address)]
  return {
    name: id,
    what: entry([name], facts),
    acts: [rowForm('device-forget', id, words.forget)],
  }
}

function from(section: Section, address: string | null): readonly Tree[] {
  return address === null ? [] : [section.pane.words.account.devices.from(address)]
}
