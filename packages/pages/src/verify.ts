import type { AuthError, Result } from '@keyhaven/client'
import { form, goOn, instead, show, text } from './dom.ts'
import { isDue } from './factor-steps.ts'
import { auth, codeField, isOver, passwordField, requestMail, token, words } from './page.ts'

const { verify } = words

const done = (isIn: boolean): void =>
  show(verify.done, text(isIn ? verify.signedIn : verify.signIn), goOn(words))

const mailAgain = (lead = verify.failed): void =>
  requestMail({
    title: verify.title,
    lead,
    act: words.mailAgain,
    request: auth.requestConfirmation,
    next: () => byCode(verify.sent),
  })

/** Another browser than the one that signed up sets a password (H12). */
const withPassword = (): void => {
  const password = passwordField()
  const send = async (): Promise<Result> => {
    const result = await auth.confirmEmail({ token, password: password.value() })
    if (result.ok) done(false)
    return result
  }
  const refused = (error: AuthError): boolean => isOver(error) && (mailAgain(), true)
  show(
    verify.title,
    text(verify.password),
    form({ words, fields: [password], act: verify.passwordAct, send, refused }),
  )
}

const byLink = (): void => {
  const send = async (): Promise<Result> => {
    const result = await auth.confirmEmail({ token })
    if (result.ok) done(true)
    return result
  }
  const refused = (error: AuthError): boolean => {
    if (error.code === 'password_required') withPassword()
    else if (isOver(error)) mailAgain()
    else return isDue(error)
    return true
  }
  show(verify.title, text(verify.lead), form({ words, fields: [], act: verify.act, send, refused }))
}

function byCode(lead = verify.leadCode): void {
  const code = codeField()
  const send = async (): Promise<Result> => {
    const result = await auth.confirmEmail({ code: code.value() })
    if (result.ok) done(true)
    return result
  }
  show(
    verify.title,
    text(lead),
    form({ words, fields: [code], act: verify.act, send, refused: isDue }),
    instead(words.mailAgain, () => mailAgain(verify.again)),
  )
}

if (token === '') byCode()
else byLink()
