import { field } from '../kit/field.ts'
import type { Pane } from '../kit/pane.ts'
import type { Tree } from '../kit/tree.ts'
import { languageOf } from '../words.ts'
import { opener, rows, setting } from './rows.ts'
import type { Row } from './rows.ts'
import { partForm, sectionIn, sends } from './section.ts'
import type { Section } from './section.ts'
import { onChange } from './on-change.ts'

/** Languages that the service has mails in. */
const languages = ['en', 'de']

/** The person's names, and the language of their mails. */
export function profile(pane: Pane): void {
  const { profile: words } = pane.words.account
  const section = sectionIn(pane, () => {
    const { name, username, locale } = pane.auth.state.account ?? {}
    const language = locale === undefined ? words.anyLanguage : nameOf(pane, locale)
    return {
      body: [
        rows(
          part(section, 'name', {
            value: name,
            input: () =>
              field(pane, {
                name: 'name',
                label: words.name.label,
                autocomplete: 'name',
                value: name,
              }),
          }),
          part(section, 'username', {
            value: username,
            input: () =>
              field(pane, {
                name: 'username',
                label: words.username.label,
                autocomplete: 'username',
                value: username,
                help: words.usernameHelp,
                more: { autocapitalize: 'none', spellcheck: 'false' },
              }),
          }),
          part(section, 'locale', { value: language, input: () => choice(pane, locale) }),
        ),
      ],
      forms: Object.fromEntries(
        parts.map((one) => [
          `profile-${one}`,
          {
            send: sends(
              section,
              (typed) => pane.auth.updateProfile({ [one]: typed[one]?.trim() || null }),
              () => words[one].said,
            ),
            places: { conflict: one },
            problems: { conflict: words.taken },
          },
        ]),
      ),
    }
  })
  onChange(section)
}

const parts = ['name', 'username', 'locale'] as const

function part(
  section: Section,
  name: (typeof parts)[number],
  { value, input }: { readonly value: string | undefined; readonly input: () => Tree },
): Row {
  const { change, profile: words } = section.pane.words.account
  const { label, act } = words[name]
  return {
    name,
    what: setting(label, value ?? ['span', { class: 'kh-none' }, words.none]),
    acts: [opener(section, name, change)],
    form:
      section.opened === name
        ? partForm(section, { name: `profile-${name}`, fields: [input()], act })
        : undefined,
  }
}

function nameOf(pane: Pane, tag: string): string {
  return new Intl.DisplayNames(languageOf(pane.host), { type: 'language' }).of(tag) ?? tag
}

/** The field for the language. The account may have one that mails are not written in. */
function choice(pane: Pane, locale: string | undefined): Tree {
  const { anyLanguage, locale: words } = pane.words.account.profile
  const id = `${pane.id}-locale`
  const offered = new Set([...languages, ...(locale === undefined ? [] : [locale])])
  const option = (value: string, label: string): Tree => [
    'option',
    { value, selected: value === (locale ?? '') ? '' : undefined },
    label,
  ]
  return [
    'div',
    { class: 'kh-field' },
    ['label', { for: id, class: 'kh-label' }, words.label],
    [
      'select',
      { id, name: 'locale', class: 'kh-input' },
      option('', anyLanguage),
      ...[...offered].map((tag) => option(tag, nameOf(pane, tag))),
    ],
    ['p', { id: `${id}-error`, class: 'kh-error', hidden: '' }],
  ]
}
