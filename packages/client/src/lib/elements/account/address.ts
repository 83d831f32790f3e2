import type { Pane } from '../kit/pane.ts'
import { addressForm } from './address-form.ts'
import { onChange } from './on-change.ts'
import { opener, pill, rows, setting } from './rows.ts'
import { sectionIn } from './section.ts'

/** The person's address, and its change: a mail to the new address, then its link or its code. */
export function address(pane: Pane): void {
  const { kit, account } = pane.words
  const { address: words, change } = account
  const { auth } = pane
  let known = auth.state.account
  /** The new address that waits for its confirmation. */
  let pending = ''
  const section = sectionIn(pane, ({ opened }) => {
    const { email = '', emailVerified } = known ?? {}
    const mark = emailVerified ? pill(words.confirmed, 'kh-good') : pill(words.unconfirmed)
    const form = addressForm(section, email)
    const isPending = pending !== ''
    const own = {
      name: 'email',
      what: setting(kit.email, email, ' ', mark),
      acts: [opener(section, 'email', change)],
      form: isPending && opened === 'code' ? undefined : form,
    }
    const next = {
      name: 'pending',
      what: setting(words.newLabel, pending, ' ', pill(words.waits, 'kh-warn')),
      acts: [opener(section, 'code', words.enter)],
      form: opened === 'code' ? form : undefined,
    }
    return {
      body: [rows(...(isPending ? [own, next] : [own]))],
      forms: {
        'email-request': {
          missing: { email: words.missing },
          send: async ({ email: typed = '' }) => {
            const result = await auth.changeEmail({ email: typed.trim() })
            if (!result.ok) return result
            pending = typed.trim()
            section.open('code')
            section.say(words.sent(pending))
            return result
          },
        },
        'email-confirm': {
          missing: { code: kit.missing.code },
          problems: { link_expired: words.expired },
          send: ({ code = '' }) => auth.confirmEmailChange({ code }),
        },
      },
    }
  })
  onChange(section, () => {
    const former = known
    known = auth.state.account
    // By the code, or by the link in another tab
    if (known === undefined || known.email === former?.email) return
    pending = ''
    section.open('')
    section.say(words.now(known.email, former?.emailVerified === true))
  })
}
