import type { DeviceEntry, SessionEntry } from '@keyhaven/core/wire'
import type { Result } from '../../calls/results.ts'
import { form } from '../kit/form.ts'
import type { Pane } from '../kit/pane.ts'
import { deviceRow, sessionRow } from './device-rows.ts'
import { allOf, changes, listIn } from './list.ts'
import { rows } from './rows.ts'

interface Devices {
  readonly sessions: readonly SessionEntry[]
  /** Browsers in which the person is not signed in. */
  readonly unused: readonly DeviceEntry[]
}

/** Acts of other sections that end sessions. */
const ending = /^account-(password|factors)$/

/** Where the person is signed in, and the browsers that were used before, as one list. */
export function devices(pane: Pane): Promise<void> {
  const { devices: words } = pane.words.account
  const { auth } = pane
  return listIn(pane, { read: () => read(pane), after: ending }, ({ sessions, unused }, list) => {
    const count = sessions.length - 1
    const endOthers = { name: 'sessions-end', act: words.endOthers(count) }
    return {
      body: [
        rows(
          ...sessions.map((one) => sessionRow(list, one)),
          ...unused.map((one) => deviceRow(list, one)),
        ),
        ...(count > 0 ? [form(pane, { ...endOthers, look: 'kh-quiet' })] : []),
      ],
      forms: {
        'session-end': {
          send: changes(
            list,
            ({ id = '' }) => auth.endSession(id),
            () => words.ended,
          ),
        },
        'sessions-end': {
          send: changes(
            list,
            () => auth.endSession('others'),
            () => words.othersEnded(count),
          ),
        },
        'device-forget': {
          send: changes(
            list,
            ({ id = '' }) => auth.forgetDevice(id),
            () => words.forgotten,
          ),
        },
        'session-leave': {
          send: async () => {
            const result = await auth.signOut()
            if (result.ok) pane.emit('signed-out')
            return result
          },
        },
      },
    }
  })
}

async function read({ auth }: Pane): Promise<Result<Devices>> {
  const [listed, known] = await Promise.all([allOf(auth.sessions), auth.devices()])
  if (!listed.ok) return listed
  if (!known.ok) return known
  const sessions = listed.items.toSorted((one, other) => +other.current - +one.current)
  // For each session the browser that is likeliest its own is taken out
  const unused = known.devices.filter(({ current }) => !current)
  for (const { current, browser, address } of sessions) {
    const same = current ? [] : unused.filter((one) => one.browser === browser)
    const used = same.find((one) => one.address === address) ?? same[0]
    if (used) unused.splice(unused.indexOf(used), 1)
  }
  return { ok: true, sessions, unused }
}
