import { deviceName } from '../device-name.ts'
import { below, button, form, text } from '../kit/form.ts'
import type { Pane } from '../kit/pane.ts'
import { entered, isDue } from './entered.ts'
import { mailSignIn, signInByCode } from './mail-sign-in.ts'

/** Signs in by the link of a mail, which led to this page. `over` is called once it is of no more use. */
export function mailLink(pane: Pane, over: () => void): void {
  const { token } = pane.link
  const { kit, entry } = pane.words
  const { signIn, byMail } = entry
  const acts = {
    mail: () => mailSignIn(pane),
    password: () => {
      over()
      pane.go('sign-in')
    },
  }
  pane.show({
    title: byMail.mailTitle,
    body: [
      text(byMail.mailLead),
      form(pane, { name: 'sign-in-link', act: signIn.act, doing: signIn.doing }),
      below(button('password', byMail.again)),
    ],
    acts,
    forms: {
      'sign-in-link': {
        send: async () => {
          const result = await pane.auth.confirmSignIn({ token, device: deviceName() })
          const isOver = result.ok || result.error.status < 500
          if (isOver) over()
          if (result.ok) entered(pane)
          return result
        },
        refused: (error) => {
          const { code } = error
          if (code === 'link_elsewhere') {
            signInByCode(pane, { title: byMail.elsewhere, lead: byMail.elsewhereLead })
            return true
          }
          if (code !== 'link_invalid' && code !== 'link_expired') return isDue(pane, error)
          pane.show({
            title: byMail.over,
            body: [
              text(byMail.overLead),
              button('password', byMail.again, 'kh-primary'),
              below(button('mail', kit.mailAgain)),
            ],
            acts,
          })
          return true
        },
      },
    },
  })
}
