import type { AuthError, Result } from '@keyhaven/client'
import { form, goOn, instead, show, text } from './dom.ts'
import type { Field } from './dom.ts'
import { auth, codeField, isOver, passwordField, requestMail, token, words } from './page.ts'

const { reset } = words

const request = (lead = reset.requestLead): void =>
  requestMail({
    title: reset.request,
    lead,
    act: reset.requestAct,
    request: auth.requestPasswordReset,
    next: () => choose(`${reset.sent} ${reset.leadCode}`, codeField()),
  })

/** Sets the password, by the link or by a code that is typed. */
function choose(lead: string, code?: Field): void {
  const password = passwordField()
  const send = async (): Promise<Result> => {
    const proof = code === undefined ? { token } : { code: code.value() }
    const result = await auth.resetPassword({ ...proof, password: password.value() })
    if (result.ok) show(reset.done, text(reset.doneLead), goOn(words))
    return result
  }
  // A wrong code can be typed again
  const refused = (error: AuthError): boolean =>
    code === undefined && isOver(error) && (request(reset.failed), true)
  const fields = code === undefined ? [password] : [code, password]
  show(
    reset.title,
    text(lead),
    form({ words, fields, act: reset.act, send, refused }),
    ...(code === undefined ? [] : [instead(words.mailAgain, () => request())]),
  )
}

if (token === '') request()
else choose(reset.lead)
