import type { Result } from '@keyhaven/client'
import { element, field, form, goOn, show, text } from './dom.ts'
import { auth, showing, words } from './page.ts'

const { signIn } = words

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
  if (result.ok) show(signIn.done, goOn(words))
  return result
}

show(
  signIn.title,
  text(signIn.lead),
  form({ words, fields: [login, password], act: signIn.act, send }),
  element('p', { class: 'after' }, element('a', { href: 'reset' }, signIn.forgot)),
)
