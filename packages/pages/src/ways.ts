import type { AuthError, Result, SecondFactor } from '@keyhaven/client'
import { passkeys } from '@keyhaven/client/passkey'
import { field, form, instead, show, text } from './dom.ts'
import type { Field } from './dom.ts'
import { appCodeField, focusField, passkeyWords } from './factor-steps.ts'
import { auth, words } from './page.ts'

const { secondFactor } = words
const passkey = passkeys(auth)

/** A way to prove a second factor. */
export type Way = 'totp' | 'passkey' | 'recovery_code'

/** Every way, in the order in which they are offered. */
export const everyWay: readonly Way[] = ['totp', 'passkey', 'recovery_code']

/** A proof of a second factor: the ways that the account has, and what it is sent for. */
export interface Proof {
  readonly ways: readonly Way[]
  /** A sentence before that of the way. */
  readonly lead?: string
  /** The button that sends a code, if it does not sign in. */
  readonly act?: string
  readonly typed: (factor: SecondFactor) => Promise<Result>
  readonly byPasskey: () => Promise<Result>
  /** Shows another view for a refusal. @returns `false` if it does not. */
  readonly refused: (error: AuthError) => boolean
  /** What the person can do instead. */
  readonly below: () => Node
}

/** Requests a second factor, in the first way that this browser can use. */
export function prove(proof: Proof): void {
  const ways = proof.ways.filter((way) => way !== 'passkey' || passkey.isSupported())
  by(ways[0] ?? 'recovery_code', { ...proof, ways })
}

/** Requests it in one of the ways, and offers the others. */
function by(way: Way, proof: Proof): void {
  const { ways, typed, byPasskey, below } = proof
  const code = way === 'totp' ? appCodeField() : recoveryCodeField()
  const fields = way === 'passkey' ? [] : [code]
  const send = (): Promise<Result> => {
    if (way === 'passkey') return byPasskey()
    return typed(way === 'totp' ? { totp: code.value() } : { recoveryCode: code.value() })
  }
  const refused = (error: AuthError): boolean => {
    if (proof.refused(error)) return true
    if (error.code !== 'invalid_credentials' || way === 'passkey') return false
    code.complain(secondFactor.wrong)
    return true
  }
  const { title, lead, act } = secondFactor[way]
  const ofForm = way === 'passkey' ? { words: passkeyWords, act } : { words, act: proof.act ?? act }
  show(
    title,
    ...(proof.lead === undefined ? [] : [text(proof.lead)]),
    text(lead),
    form({ ...ofForm, fields, send, refused }),
    ...ways
      .filter((one) => one !== way)
      .map((one) => instead(secondFactor[one].instead, () => by(one, proof))),
    below(),
  )
  focusField()
}

function recoveryCodeField(): Field {
  return field(
    { name: 'code', class: 'code', autocomplete: 'off', spellcheck: 'false' },
    {
      label: secondFactor.recoveryCode,
      help: secondFactor.recoveryHelp,
      missing: words.missing.code,
    },
  )
}
