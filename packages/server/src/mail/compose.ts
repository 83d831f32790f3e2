import { overridden } from './overrides.ts'
import type { Overrides } from './overrides.ts'
import type { Locale } from './locale.ts'
import { renderLetter, shownValues } from './render.ts'
import type { MailText } from './render.ts'
import type { AnyTemplate, Letter } from './template.ts'
import { templates } from './templates.ts'
import type { SentTemplate } from './templates.ts'

interface Content {
  readonly template: SentTemplate
  readonly locale: Locale
  readonly values: Readonly<Record<string, unknown>>
}

/** Writes a mail in its language, with the operator's texts in place of ours. */
export function composeMail(
  { template: name, locale, values }: Content,
  { product, overrides }: { readonly product: string; readonly overrides: Overrides },
): MailText {
  const template: AnyTemplate = templates[name]
  const shown = shownValues(template, values, { product, locale })
  // Its values are those that the template names
  const write = template.words[locale] as (shown: Readonly<Record<string, string>>) => Letter
  return overridden(renderLetter(write(shown), locale), overrides, { name, locale, shown })
}
