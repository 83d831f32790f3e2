import type { Frame } from './frame.ts'
import type { Attributes, Tree } from './tree.ts'

/** A labelled input, with room for its help and its error. */
export interface Field {
  readonly name: string
  readonly label: string
  readonly type?: string
  readonly autocomplete: string
  readonly value?: string | undefined
  readonly help?: Tree
  /** Further attributes of the input. */
  readonly more?: Attributes
  /** A button inside of the field, at its end. */
  readonly inside?: Tree
}

/** A field. An error replaces its help, and both have room from the start. */
export function field(frame: Frame, one: Field): Tree {
  const { name, label, type = 'text', autocomplete, value, help = '', more, inside } = one
  const id = `${frame.id}-${name}`
  const input: Tree = [
    'input',
    {
      id,
      name,
      type,
      autocomplete,
      value,
      class: 'kh-input',
      'aria-describedby': help === '' ? undefined : `${id}-help`,
      ...more,
    },
  ]
  return [
    'div',
    { class: 'kh-field' },
    ['label', { for: id, class: 'kh-label' }, label],
    inside === undefined ? input : ['div', { class: 'kh-with' }, input, inside],
    ['div', { id: `${id}-help`, class: 'kh-note' }, help],
    ['p', { id: `${id}-error`, class: 'kh-error', hidden: '' }],
  ]
}

/** Attributes of an input whose text is no prose. */
const plain: Attributes = { autocapitalize: 'none', spellcheck: 'false' }

/** The field for an address. */
export function emailField(frame: Frame, value?: string, autocomplete = 'email'): Tree {
  const { email: label } = frame.words.kit
  return field(frame, {
    name: 'email',
    label,
    type: 'email',
    autocomplete,
    value,
    more: { ...plain, inputmode: 'email' },
  })
}

/** The field for an address or a user name. */
export function loginField(frame: Frame, label: string, value?: string): Tree {
  const autocomplete = 'username webauthn'
  return field(frame, { name: 'login', label, autocomplete, value, more: plain })
}

/** The field for a code: of a mail, of an app, or a recovery code. */
export function codeField(frame: Frame, one: Partial<Field> = {}): Tree {
  const { code: label } = frame.words.kit
  const more = { class: 'kh-input kh-code', spellcheck: 'false', ...one.more }
  return field(frame, { name: 'code', label, autocomplete: 'one-time-code', ...one, more })
}

/** The same for the code of a mail. */
export function mailCodeField(frame: Frame): Tree {
  return codeField(frame, {
    help: frame.words.kit.codeHelp,
    more: { autocapitalize: 'characters' },
  })
}

/** The field for the password that a person has. */
export function passwordField(frame: Frame, one: Partial<Field> = {}): Tree {
  const { password: label } = frame.words.kit
  const autocomplete = 'current-password'
  const name = one.name ?? 'password'
  const inside = showButton(frame, name)
  return field(frame, { label, autocomplete, ...one, name, type: 'password', inside })
}

/** The field for a new password, with its rules below from the start. */
export function newPasswordField(frame: Frame, one: Partial<Field> = {}): Tree {
  const { newPassword: label, rules } = frame.words.kit
  const help: Tree = [
    'ul',
    { class: 'kh-rules' },
    ['li', { 'data-kh-rule': 'too_short' }, rules.length(frame.minLength)],
    ['li', { 'data-kh-rule': 'personal' }, rules.personal],
  ]
  const more = { 'data-kh-min': String(frame.minLength) }
  return passwordField(frame, { label, autocomplete: 'new-password', help, more, ...one })
}

function showButton(frame: Frame, name: string): Tree {
  const { show, showPassword } = frame.words.kit
  const attributes = {
    type: 'button',
    class: 'kh-inside',
    'data-kh-act': 'show',
    'aria-label': showPassword,
    'aria-controls': `${frame.id}-${name}`,
  }
  return ['button', attributes, show]
}

/** A box to tick, which is not ticked at first. */
export function checkbox(frame: Frame, name: string, label: string): Tree {
  const id = `${frame.id}-${name}`
  const input: Tree = ['input', { id, name, type: 'checkbox', value: 'on' }]
  return ['label', { class: 'kh-check', for: id }, input, ['span', {}, label]]
}
