import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigurationError, whyOf } from '../config/configuration-error.ts'
import { nearest } from '../config/nearest.ts'
import { locales } from './locale.ts'
import type { Locale } from './locale.ts'
import { escapeHtml, oneLine } from './render.ts'
import type { MailText } from './render.ts'
import type { AnyTemplate } from './template.ts'
import { templates } from './templates.ts'
import type { SentTemplate } from './templates.ts'

/** The endings of an operator's files, and the part of a mail that each replaces. */
const parts = { subject: 'subject', txt: 'text', html: 'html' } as const

type Ending = keyof typeof parts

/** Texts of an operator that replace ours, by `<name>.<locale>.<ending>`. */
export type Overrides = ReadonlyMap<string, string>

/** The largest file: mail programs cut HTML above about 100 kB. */
const LARGEST = 100_000

/** Neither a comment nor a condition: a placeholder is replaced, everything else stays. */
const PLACEHOLDER = /\{\{\s*([^{}]*?)\s*\}\}/g

/**
 * Reads and checks every file of the operator's folder.
 * @throws ConfigurationError with the file and the line.
 */
export function readOverrides(folder: string): Overrides {
  const files = new Map<string, string>()
  for (const name of namesIn(folder)) files.set(name, checkedFile(folder, name))
  return files
}

function namesIn(folder: string): readonly string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true })
    // Editors and mounted volumes add files and folders whose names begin with a dot
    return entries.map(({ name }) => name).filter((name) => !name.startsWith('.'))
  } catch (cause) {
    throw new ConfigurationError(
      `KEYHAVEN_MAIL_TEMPLATES ${folder} can’t be read (${whyOf(cause)}): set it to a folder that this user may read.`,
      { cause },
    )
  }
}

function checkedFile(folder: string, name: string): string {
  const path = join(folder, name)
  const { template, ending } = placeOf(path, name)
  const text = textOf(path)
  checkPlaceholders(path, { text, template, ending })
  if (ending === 'html') checkHtml(path, text)
  if (ending === 'subject' && text.trimEnd().includes('\n')) {
    throw fault(`${path}:${2}`, 'a subject is one line', 'remove the others')
  }
  return ending === 'subject' ? text.trim() : text
}

interface FilePlace {
  readonly template: AnyTemplate
  readonly ending: Ending
}

/** What a file replaces, by its name. */
function placeOf(path: string, file: string): FilePlace {
  const [, name = '', locale = '', ending = ''] = /^([^.]+)\.([^.]+)\.([^.]+)$/.exec(file) ?? []
  const isKnown =
    Object.hasOwn(templates, name) &&
    locales.some((one) => one === locale) &&
    Object.hasOwn(parts, ending)
  if (isKnown) return { template: templates[name as SentTemplate], ending: ending as Ending }
  const all = Object.keys(templates).flatMap((one) =>
    locales.flatMap((tag) => Object.keys(parts).map((end) => `${one}.${tag}.${end}`)),
  )
  const near = nearest(file, all)
  throw new ConfigurationError(
    `${path} is not the name of a mail: ${near === undefined ? 'use names such as reset.en.html' : `rename it to ${near}`}, or remove it.`,
  )
}

function textOf(path: string): string {
  try {
    const bytes = readFileSync(path)
    if (bytes.length > LARGEST) {
      throw new ConfigurationError(
        `${path} has more than ${LARGEST.toLocaleString('en')} bytes: shorten it.`,
      )
    }
    return decoded(path, bytes)
  } catch (cause) {
    if (cause instanceof ConfigurationError) throw cause
    throw new ConfigurationError(
      `${path} can’t be read (${whyOf(cause)}): let this user read it, or remove it.`,
      { cause },
    )
  }
}

/** Decodes line by line, so that the fault names its line. */
function decoded(path: string, bytes: Buffer): string {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const lines: string[] = []
  let from = 0
  while (from <= bytes.length) {
    const end = bytes.indexOf(0x0a, from)
    const line = bytes.subarray(from, end < 0 ? bytes.length : end)
    try {
      lines.push(decoder.decode(line))
    } catch {
      throw fault(`${path}:${lines.length + 1}`, 'this is not UTF-8', 'save the file as UTF-8')
    }
    if (/[^\P{Cc}\t\r]/u.test(lines.at(-1) ?? '')) {
      throw fault(`${path}:${lines.length}`, 'there is a control character', 'remove it')
    }
    if (end < 0) break
    from = end + 1
  }
  return lines.join('\n').replace(/\r\n?/g, '\n')
}

interface Checked extends FilePlace {
  readonly text: string
}

function checkPlaceholders(path: string, { text, template, ending }: Checked): void {
  const known = [...Object.keys(template.values), 'product']
  for (const { 1: name = '', index } of text.matchAll(PLACEHOLDER)) {
    if (known.includes(name)) continue
    const list = known.map((one) => `{{${one}}}`).join(', ')
    throw fault(`${path}:${lineAt(text, index)}`, `{{${oneLine(name)}}} is unknown`, `use ${list}`)
  }
  const loose = text.replace(PLACEHOLDER, (all) => ' '.repeat(all.length)).search(/\{\{|\}\}/)
  if (loose >= 0) {
    throw fault(
      `${path}:${lineAt(text, loose)}`,
      'a placeholder does not end',
      'write it as {{product}}',
    )
  }
  if (ending === 'subject') return
  const found = new Set([...text.matchAll(PLACEHOLDER)].map(([, name]) => name))
  const missing = template.required.find((name) => !found.has(name))
  if (missing !== undefined) {
    throw fault(
      `${path}:${lineAt(text, text.length)}`,
      `{{${missing}}} is missing`,
      'add it: without it the mail has no purpose',
    )
  }
}

/**
 * No program that shows mail runs script, and servers that find it call the mail harmful. Nothing is
 * loaded either: it would report to others who reads the mail.
 */
const FORBIDDEN: readonly { readonly form: RegExp; readonly what: string }[] = [
  {
    form: /<\s*\/?\s*(script|iframe|object|embed|form|base|meta\s+http-equiv|link)\b/i,
    what: 'this element may not be in a mail',
  },
  { form: /[\s"'/]on[a-z]+\s*=/i, what: 'this attribute runs script' },
  { form: /javascript\s*:/i, what: 'this URL runs script' },
]

function checkHtml(path: string, text: string): void {
  for (const { form, what } of FORBIDDEN) {
    const at = text.search(form)
    if (at >= 0) throw fault(`${path}:${lineAt(text, at)}`, what, 'remove it')
  }
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length
}

/** A fault in a line, and its remedy. */
function fault(place: string, what: string, remedy: string): ConfigurationError {
  return new ConfigurationError(`${place}: ${what}: ${remedy}.`)
}

interface Overriding {
  readonly name: SentTemplate
  readonly locale: Locale
  readonly shown: Readonly<Record<string, string>>
}

/** Replaces the parts of a mail for which the operator has a file. */
export function overridden(
  text: MailText,
  overrides: Overrides,
  { name, locale, shown }: Overriding,
): MailText {
  const fill = (source: string, escape: (value: string) => string): string =>
    source.replace(PLACEHOLDER, (_, placeholder: string) => escape(shown[placeholder] ?? ''))
  const part = (ending: Ending): string => {
    const source = overrides.get(`${name}.${locale}.${ending}`)
    if (source === undefined) return text[parts[ending]]
    return fill(source, ending === 'html' ? escapeHtml : (value) => value)
  }
  return { subject: oneLine(part('subject')), text: part('txt'), html: part('html') }
}
