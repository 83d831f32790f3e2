import type { AuthError, Result } from '@keyhaven/client'
import { element, field, form, goOn, instead, show, text } from './dom.ts'
import { auth, codeField, isOver, showing, token, words } from './page.ts'

const { signIn } = words

const done = (): void => show(signIn.done, goOn(words))

/** Leads to the page that asks for the second factor, and names what the account has. */
const due = (factors: readonly string[], enrol: readonly string[] = []): void => {
  const facts = new URLSearchParams({ factors: factors.join(' '), enrol: enrol.join(' ') })
  const next = element('a', { class: 'button', href: `second-factor#${facts}` }, signIn.dueAct)
  show(signIn.due, text(signIn.dueLead), next)
}

const isDue = (error: AuthError): boolean => {
  if (error.code !== 'second_factor_required') return false
  due(error.factors, error.enrol)
  return true
}

const byPassword = (): void => {
  const login = field(
    { name: 'login', autocomplete: 'username', autocapitalize: 'none', spellcheck: 'false' },
    { label: signIn.login, missing: signIn.missing.login },
  )
  const password = showing(
    field(
      { name: 'password', type: 'password', autocomplete: 'current-password' },
      { label: signIn.password, missing: signIn.missing.password },
    ),
  )
  const send = async (): Promise<Result> => {
    const result = await auth.signIn({ login: login.value(), password: password.value() })
    if (result.ok) done()
    return result
  }
  const fields = [login, password]
  show(
    signIn.title,
    text(signIn.lead),
    form({ words, fields, act: signIn.act, send, refused: isDue }),
    element('p', { class: 'after' }, element('a', { href: 'reset' }, signIn.forgot)),
  )
}

/** Signs in by the code of the mail, in the browser that requested it. */
const byCode = (): void => {
  const code = codeField()
  const send = async (): Promise<Result> => {
    const result = await auth.confirmSignIn({ code: code.value() })
    if (result.ok) done()
    return result
  }
  show(
    signIn.elsewhere,
    text(signIn.elsewhereLead),
    form({ words, fields: [code], act: signIn.act, send, refused: isDue }),
    instead(signIn.again, byPassword),
  )
}

/** Signs in by the link of a mail. */
const byLink = (): void => {
  const send = async (): Promise<Result> => {
    const result = await auth.confirmSignIn({ token })
    if (result.ok) done()
    return result
  }
  const refused = (error: AuthError): boolean => {
    if (error.code === 'link_elsewhere') byCode()
    else if (isOver(error)) {
      show(signIn.over, text(signIn.overLead), instead(signIn.again, byPassword))
    } else return isDue(error)
    return true
  }
  show(
    signIn.mailTitle,
    text(signIn.mailLead),
    form({ words, fields: [], act: signIn.act, send, refused }),
  )
}

if (token === '') byPassword()
else byLink()
