import type { AuthError } from '../../calls/results.ts'
import { codeField } from '../kit/field.ts'
import { form, text } from '../kit/form.ts'
import type { Pane } from '../kit/pane.ts'
import { attemptBelow, isOver } from './attempt-below.ts'
import type { Attempt } from './attempt.ts'
import { needsMailCode, setUp } from './set-up.ts'
import type { Kind } from './set-up.ts'

/** Requests the code of the mail, in a browser that the account does not know (H16). */
export function mailCode(pane: Pane, attempt: Attempt, kind: Kind): void {
  const { kit, factors } = pane.words
  const { mailTitle, mailLead, mailHelp, mailAct, mailSent } = factors.enrol
  const refused = (error: AuthError): boolean => isOver(pane, error, attempt)
  pane.show({
    title: mailTitle,
    login: attempt.login,
    body: [
      text(mailLead),
      form(pane, {
        name: 'enrol-code',
        fields: [
          codeField(pane, {
            help: mailHelp,
            more: { autocapitalize: 'characters', 'data-kh-focus': '' },
          }),
        ],
        act: mailAct,
      }),
      form(pane, { name: 'enrol-mail', act: kit.mailAgain, look: 'kh-quiet' }),
      ...attemptBelow(pane, attempt),
    ],
    forms: {
      'enrol-code': {
        missing: { code: kit.missing.code },
        places: { invalid_credentials: 'code' },
        problems: { invalid_credentials: factors.secondFactor.wrong },
        send: ({ code = '' }) => setUp(pane, attempt, { kind, mailCode: code }),
        refused,
      },
      'enrol-mail': {
        said: mailSent,
        send: async () => {
          const result = await setUp(pane, attempt, { kind })
          return needsMailCode(result) ? { ok: true } : result
        },
        refused,
      },
    },
  })
}
