import type { Locale } from './locale.ts'

/** What a value of a template is, which decides how it is written. An empty text is written as unknown. */
export type ValueKind = 'link' | 'code' | 'time' | 'text'

/** The type of a value: a time is milliseconds since 1970. */
type ValueOf<K extends ValueKind> = K extends 'time' ? number : string

/** The names of a template's values, each with its kind. */
export type Placeholders = Readonly<Record<string, ValueKind>>

/** A part of a mail, from the top to the bottom. */
export type Block =
  | { readonly text: string }
  /** A button in HTML, the plain URL in text. */
  | { readonly link: string; readonly label: string }
  | { readonly code: string }
  /** In small type. */
  | { readonly note: string }

/** A mail in words, before it is text and HTML. */
export interface Letter {
  readonly subject: string
  readonly blocks: readonly Block[]
}

/** A template's values as text, and the name of the product. */
export type Shown<V extends Placeholders> = { readonly [name in keyof V | 'product']: string }

/** A kind of mail: its values, those that no text may leave out, and its words. */
export interface Template<V extends Placeholders> {
  readonly values: V
  readonly required: readonly (keyof V & string)[]
  readonly words: Readonly<Record<Locale, (shown: Shown<V>) => Letter>>
}

/** A kind of mail whose values are any. */
export interface AnyTemplate {
  readonly values: Placeholders
  readonly required: readonly string[]
  readonly words: Readonly<Record<Locale, (shown: never) => Letter>>
}

/** The values that a flow gives for a mail. */
export type ValuesOf<T> =
  T extends Template<infer V> ? { readonly [name in keyof V]: ValueOf<V[name]> } : never

/** Defines a kind of mail. */
export function defineTemplate<const V extends Placeholders>(template: Template<V>): Template<V> {
  return template
}
