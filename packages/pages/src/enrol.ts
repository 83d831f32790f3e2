import type { AuthError, Result } from '@keyhaven/client'
import { passkeys } from '@keyhaven/client/passkey'
import { element, field, form, instead, show, text } from './dom.ts'
import { again, appCodeField, focusField, isOver, leave } from './factor-steps.ts'
import { auth, words } from './page.ts'

const { enrol: enrolment } = words
const passkey = passkeys(auth)

/** A factor that can be set up. */
type Kind = 'totp' | 'passkey'

/** An app that is being set up: its secret, and the same as an SVG image. */
interface App {
  readonly id: string
  readonly secret: string
  /** The same as a link for an app on this device. */
  readonly uri: string
  readonly qr: string
}

/** Offers to set up a second factor, which the service requires before it signs the person in. */
export function enrol(offered: readonly string[]): void {
  const kinds = (['totp', 'passkey'] as const).filter(
    (kind) => offered.includes(kind) && (kind === 'totp' || passkey.isSupported()),
  )
  show(enrolment.title, text(enrolment.lead), ...kinds.map((kind) => begin(kind)), again())
}

/** The button that sets one up. */
function begin(kind: Kind): HTMLFormElement {
  const send = (): Promise<Result> => setUp(kind, {})
  const made = form({ words, fields: [], act: enrolment[kind], send, refused: refused(kind) })
  if (kind === 'passkey') made.className = 'other'
  return made
}

async function setUp(kind: Kind, proof: { readonly mailCode?: string }): Promise<Result> {
  if (kind === 'totp') {
    const result = await auth.enrolTotp(proof)
    if (result.ok) confirmApp(result)
    return result
  }
  const result = await passkey.enrol(proof)
  if (result.ok) showCodes(result.recoveryCodes)
  return result
}

function refused(kind: Kind): (error: AuthError) => boolean {
  return (error) => {
    if (error.code === 'mail_code_required') byMailCode(kind)
    return isOver(error) || error.code === 'mail_code_required'
  }
}

/** Requests the code of the mail, in a browser that the account does not know (H16). */
function byMailCode(kind: Kind): void {
  const properties = { name: 'code', class: 'code', autocomplete: 'one-time-code' }
  const code = field(properties, { label: words.code, missing: words.missing.code })
  const send = (): Promise<Result> => setUp(kind, { mailCode: code.value() })
  const made = form({ words, fields: [code], act: enrolment.mailAct, send, refused: isOver })
  // The answer shows this view again, because the new mail has another code
  const another = form({
    words,
    fields: [],
    act: words.mailAgain,
    send: () => setUp(kind, {}),
    refused: refused(kind),
  })
  another.className = 'other'
  show(enrolment.mailTitle, text(enrolment.mailLead), made, another, again())
  focusField()
}

/** Shows the secret of an app, and completes the sign-in with the app's first code. */
function confirmApp({ id, secret, uri, qr }: App): void {
  const code = appCodeField()
  const send = async (): Promise<Result> => {
    const result = await auth.confirmEnrolledTotp({ id, code: code.value() })
    if (result.ok) showCodes(result.recoveryCodes)
    return result
  }
  const wrong = (error: AuthError): boolean => {
    if (isOver(error)) return true
    if (error.code !== 'invalid_credentials') return false
    code.complain(words.secondFactor.wrong)
    return true
  }
  // As an image nothing in it can run
  const source = `data:image/svg+xml,${encodeURIComponent(qr)}`
  show(
    enrolment.appTitle,
    text(enrolment.appLead),
    element('img', { class: 'qr', src: source, alt: enrolment.picture }),
    element(
      'p',
      { class: 'secret' },
      `${enrolment.secret}: `,
      element('code', {}, secret.match(/.{1,4}/g)?.join(' ') ?? secret),
    ),
    element('p', {}, `${enrolment.here} `, element('a', { href: uri }, enrolment.open)),
    form({ words, fields: [code], act: enrolment.appAct, send, refused: wrong }),
    again(),
  )
}

/** Shows the recovery codes until the person has saved them. */
function showCodes(codes: readonly string[]): void {
  const saved = element('button', { type: 'button' }, enrolment.saved)
  saved.addEventListener('click', leave)
  const items = codes.map((code) => element('li', {}, element('code', {}, code)))
  const copied = element('p', { class: 'after', role: 'status' })
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(codes.join('\n'))
      copied.textContent = enrolment.copied
    } catch {
      copied.textContent = enrolment.notCopied
    }
  }
  show(
    enrolment.codes,
    text(enrolment.codesLead),
    element('ul', { class: 'codes' }, ...items),
    saved,
    instead(enrolment.copy, () => void copy()),
    copied,
  )
}
