import type { AuthError, Result } from '@keyhaven/client'
import { passkeys } from '@keyhaven/client/passkey'
import { enrol } from './enrol.ts'
import { field, form, instead, show, text } from './dom.ts'
import type { Field } from './dom.ts'
import { again, appCodeField, focusField, isOver, leave, passkeyWords } from './factor-steps.ts'
import { auth, listed, words } from './page.ts'

const { secondFactor } = words
const passkey = passkeys(auth)

/** A way to complete the sign-in that this browser has begun. */
type Way = 'totp' | 'passkey' | 'recovery_code'

const every: readonly Way[] = ['totp', 'passkey', 'recovery_code']
const named = listed('factors')
/** Only the page that began the sign-in knows what the account has, and only the browser what it can do. */
const ways = every.filter(
  (way) =>
    (named.length === 0 || named.includes(way)) && (way !== 'passkey' || passkey.isSupported()),
)

const recoveryCodeField = (): Field =>
  field(
    { name: 'code', class: 'code', autocomplete: 'off', spellcheck: 'false' },
    {
      label: secondFactor.recoveryCode,
      help: secondFactor.recoveryHelp,
      missing: words.missing.code,
    },
  )

/** Completes the sign-in in one of the ways, and offers the others. */
function by(way: Way): void {
  const code = way === 'totp' ? appCodeField() : recoveryCodeField()
  const fields = way === 'passkey' ? [] : [code]
  const complete = (): Promise<Result> => {
    if (way === 'passkey') return passkey.completeSignIn()
    const typed = code.value()
    return auth.completeSignIn(way === 'totp' ? { totp: typed } : { recoveryCode: typed })
  }
  const send = async (): Promise<Result> => {
    const result = await complete()
    if (result.ok) leave()
    return result
  }
  const refused = (error: AuthError): boolean => {
    if (isOver(error)) return true
    if (error.code !== 'invalid_credentials' || way === 'passkey') return false
    code.complain(secondFactor.wrong)
    return true
  }
  const { title, lead, act } = secondFactor[way]
  show(
    title,
    text(lead),
    form({ words: way === 'passkey' ? passkeyWords : words, fields, act, send, refused }),
    ...ways
      .filter((one) => one !== way)
      .map((one) => instead(secondFactor[one].instead, () => by(one))),
    again(),
  )
  focusField()
}

if (listed('enrol').length > 0) enrol(listed('enrol'))
else by(ways[0] ?? 'recovery_code')
