import { newPasswordField, passwordField } from '../kit/field.ts'
import { below } from '../kit/form.ts'
import type { Pane } from '../kit/pane.ts'
import type { Tree } from '../kit/tree.ts'
import { opener, rows, setting } from './rows.ts'
import { partForm, sectionIn, sends } from './section.ts'
import type { Section } from './section.ts'

/** Changes the password, or mails a link that sets one. */
export function password(pane: Pane): void {
  const { password: words, change } = pane.words.account
  const { auth } = pane
  sectionIn(pane, (section) => ({
    body: [
      rows({
        name: 'password',
        what: setting(pane.words.kit.password, words.hidden),
        acts: [opener(section, 'password', change)],
        form: formOf(section),
      }),
    ],
    forms: {
      'password-change': {
        missing: words.missing,
        places: { invalid_credentials: 'current' },
        problems: { invalid_credentials: words.wrong },
        send: sends(
          section,
          ({ current = '', password: next = '' }) =>
            auth.changePassword({ current, password: next }),
          () => words.said,
        ),
      },
      'password-mail': {
        send: sends(
          section,
          () => auth.requestPasswordReset({ email: auth.state.account?.email ?? '' }),
          () => words.sent(auth.state.account?.email ?? ''),
        ),
      },
    },
  })).draw()
}

function formOf(section: Section): Tree | undefined {
  const { pane, opened } = section
  const { current, act, forgot, mailAct, mailLead } = pane.words.account.password
  const { email } = pane.auth.state.account ?? {}
  if (opened === 'mail') {
    const lead: Tree = ['p', { class: 'kh-text' }, mailLead]
    return partForm(section, { name: 'password-mail', fields: [lead], act: mailAct })
  }
  if (opened !== 'password') return undefined
  const user = { type: 'text', name: 'email', autocomplete: 'username', value: email }
  const form = partForm(section, {
    name: 'password-change',
    fields: [
      // For password managers, which look up the password of this user
      ['input', { ...user, readonly: '', hidden: '' }],
      passwordField(pane, { name: 'current', label: current }),
      newPasswordField(pane),
    ],
    act,
  })
  return ['div', {}, form, below(opener(section, 'mail', forgot))]
}
