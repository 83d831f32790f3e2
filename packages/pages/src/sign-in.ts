import { returnTarget } from '@keyhaven/client'
import type { AuthError, Result } from '@keyhaven/client'
import { passkeys } from '@keyhaven/client/passkey'
import { element, field, form, goOn, instead, sentenceOf, show, text } from './dom.ts'
import { isDue, passkeyWords } from './factor-steps.ts'
import { auth, codeField, isOver, showing, token, words } from './page.ts'

const { signIn } = words

const passkey = passkeys(auth)
const suggestions = new AbortController()

const target = new URLSearchParams(location.search).get('return')

const done = (): void => {
  suggestions.abort()
  if (target === null) show(signIn.done, goOn(words))
  else location.replace(returnTarget(target))
}

/** Signs in with a passkey, which the browser lists. */
const byPasskey = (): HTMLFormElement => {
  const send = async (): Promise<Result> => {
    const result = await passkey.signIn()
    if (result.ok) done()
    return result
  }
  const made = form({
    words: passkeyWords,
    fields: [],
    act: signIn.passkey,
    send,
    refused: isDue,
  })
  made.className = 'other'
  return made
}

/** Offers passkeys in the list of the field of the user name. `problem` shows why a chosen one is refused. */
const suggestPasskeys = async (problem: HTMLElement): Promise<void> => {
  const result = await passkey.autofill({ signal: suggestions.signal })
  if (result.ok) return done()
  // What the browser itself refuses, its user has not begun
  if (result.error.status === 0 || isDue(result.error)) return
  problem.textContent = sentenceOf(passkeyWords, result.error)
}

const byPassword = (): void => {
  const login = field(
    {
      name: 'login',
      autocomplete: 'username webauthn',
      autocapitalize: 'none',
      spellcheck: 'false',
    },
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
  const problem = element('p', { class: 'problem', role: 'alert' })
  show(
    signIn.title,
    text(signIn.lead),
    problem,
    form({ words, fields, act: signIn.act, send, refused: isDue }),
    ...(passkey.isSupported() ? [byPasskey()] : []),
    element('p', { class: 'after' }, element('a', { href: 'reset' }, signIn.forgot)),
  )
  void suggestPasskeys(problem)
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
