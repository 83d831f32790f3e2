import type { SecondFactor } from '../../account/account-acts.ts'
import type { AuthError, Result } from '../../calls/results.ts'
import { isSupported } from '../../passkeys/is-supported.ts'
import { codeField } from '../kit/field.ts'
import { below, button, form, text } from '../kit/form.ts'
import type { Frame } from '../kit/frame.ts'
import type { Pane } from '../kit/pane.ts'
import type { Tree } from '../kit/tree.ts'
import type { View } from '../kit/view.ts'

/** A way to prove a second factor. */
export type Way = 'totp' | 'passkey' | 'recovery_code'

/** Every way, the safest one first. */
export const everyWay: readonly Way[] = ['passkey', 'totp', 'recovery_code']

/** A proof of a second factor: the ways that the account has, and what it is sent for. */
export interface Proof {
  /** The name of the form. */
  readonly name: string
  readonly ways: readonly Way[]
  /** A sentence before that of the way. */
  readonly lead?: string
  /** The button that sends a code, if it does not sign in. */
  readonly act?: string
  readonly typed: (factor: SecondFactor) => Promise<Result>
  readonly byPasskey: () => Promise<Result>
  /** Shows another view for a refusal. @returns `false` if it does not. */
  readonly refused?: (error: AuthError) => boolean
  /** What the person can do instead. */
  readonly below: readonly Tree[]
  /** What stands beside the button of the form. */
  readonly beside?: readonly Tree[]
  /** The acts of the buttons in both. */
  readonly acts?: View['acts']
  /** Who proves it, for the form to which a link leads. */
  readonly login?: string | undefined
}

/** Requests a second factor, in the first way that this browser can use. */
export function prove(pane: Pane, proof: Proof): void {
  const ways = proof.ways.filter((way) => way !== 'passkey' || isSupported())
  by(pane, ways[0] ?? 'recovery_code', { ...proof, ways })
}

/** Requests it in one of the ways, and offers the others. */
function by(pane: Pane, way: Way, proof: Proof): void {
  const { name, lead, ways, typed, byPasskey } = proof
  const { secondFactor: words } = pane.words.factors
  const { title, lead: ofWay, act } = words[way]
  const isTyped = way !== 'passkey'
  const others = ways.filter((one) => one !== way)
  pane.show({
    title,
    login: proof.login,
    body: [
      ...(lead === undefined ? [] : [text(lead)]),
      text(ofWay),
      form(pane, {
        name,
        fields: fieldsOf(pane, way),
        act: isTyped ? (proof.act ?? act) : act,
        beside: proof.beside ?? [],
      }),
      ...others.map((one) => below(button(one, words[one].instead))),
      ...proof.below,
    ],
    forms: {
      [name]: {
        send: ({ code = '' }) => {
          if (!isTyped) return byPasskey()
          return typed(way === 'totp' ? { totp: code } : { recoveryCode: code })
        },
        missing: isTyped
          ? { code: way === 'totp' ? words.missingCode : pane.words.kit.missing.code }
          : {},
        problems: { invalid_credentials: isTyped ? words.wrong : words.wrongPasskey },
        places: { invalid_credentials: 'code' },
        ...(proof.refused && { refused: proof.refused }),
      },
    },
    acts: {
      ...proof.acts,
      ...Object.fromEntries(others.map((one) => [one, () => by(pane, one, proof)])),
    },
  })
}

/** The one field of a way, which gets the cursor: its person came here to type. */
function fieldsOf(pane: Pane, way: Way): readonly Tree[] {
  if (way === 'totp') return [appCodeField(pane)]
  const { recoveryCode: label, recoveryHelp: help } = pane.words.factors.secondFactor
  const more = { 'data-kh-focus': '' }
  return way === 'passkey' ? [] : [codeField(pane, { label, help, autocomplete: 'off', more })]
}

/** The field for the six digits of an authenticator app, which gets the cursor. */
export function appCodeField(frame: Frame): Tree {
  return codeField(frame, { more: { inputmode: 'numeric', 'data-kh-focus': '' } })
}
