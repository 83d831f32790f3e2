import type { TotpEnrolment } from '@keyhaven/core/wire'
import { codeField } from '../../kit/field.ts'
import { text } from '../../kit/form.ts'
import type { Tree } from '../../kit/tree.ts'
import { addedTo } from './added-to.ts'
import type { Begun, List } from '../list.ts'
import { partForm } from '../section.ts'

/** Sets up an authenticator app by the secret that the service has made, and the first code of the app. */
export function addApp(list: List, { id, qr, secret, uri }: TotpEnrolment): Begun {
  const { pane } = list
  const { enrol, secondFactor } = pane.words.factors
  const { app, appOver, appAdded } = pane.words.account.factors
  // As an image nothing in it can run
  const src = `data:image/svg+xml,${encodeURIComponent(qr)}`
  const parts: readonly Tree[] = [
    text(enrol.appLead),
    ['img', { class: 'kh-qr', src, alt: enrol.picture }],
    ['p', { class: 'kh-secret' }, ['code', {}, secret.replace(/.{4}(?=.)/g, '$& ')]],
    [
      'p',
      { class: 'kh-text' },
      enrol.here,
      ' ',
      ['a', { class: 'kh-link', href: uri }, enrol.open],
    ],
    codeField(pane, { more: { inputmode: 'numeric' } }),
  ]
  return {
    form: partForm(list, { name: 'app-add', fields: parts, act: app }),
    forms: {
      'app-add': {
        missing: { code: secondFactor.missingCode },
        places: { invalid_credentials: 'code' },
        problems: { invalid_credentials: secondFactor.wrong, not_found: appOver },
        send: async ({ code = '' }) => {
          const result = await pane.auth.factors.confirmTotp({ id, code: code.trim() })
          if (result.ok) await addedTo(list, appAdded, result.recoveryCodes)
          return result
        },
      },
    },
  }
}
