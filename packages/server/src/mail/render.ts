import type { AnyTemplate, Block, Letter } from './template.ts'
import type { Locale } from './locale.ts'

/** The text of a mail in every form. */
export interface MailText {
  readonly subject: string
  readonly text: string
  readonly html: string
}

/** The values of a mail as text: times in words, and no line breaks or control characters. */
export function shownValues(
  template: AnyTemplate,
  values: Readonly<Record<string, unknown>>,
  { product, locale }: { readonly product: string; readonly locale: Locale },
): Readonly<Record<string, string>> {
  const shown: Record<string, string> = { product: oneLine(product) }
  for (const [name, kind] of Object.entries(template.values)) {
    const value = values[name]
    shown[name] = oneLine(
      kind === 'time' && typeof value === 'number'
        ? timeText(value, locale)
        : typeof value === 'string'
          ? value || (kind === 'text' ? unknown[locale] : '')
          : '',
    )
  }
  return shown
}

/** A text that the service does not have. */
const unknown: Readonly<Record<Locale, string>> = { en: 'unknown', de: 'unbekannt' }

/** Replaces control characters and line separators, which could begin another line or header. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim()
}

function timeText(time: number, locale: Locale): string {
  const format = new Intl.DateTimeFormat(locale === 'en' ? 'en-GB' : locale, {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: 'UTC',
  })
  return `${format.format(time)} UTC`
}

/** Writes a letter as text and as HTML. */
export function renderLetter({ subject, blocks }: Letter, locale: Locale): MailText {
  return {
    subject,
    text: `${blocks.map(textOf).join('\n\n')}\n`,
    html: page(subject, { locale, body: blocks.map(htmlOf).join('\n') }),
  }
}

function textOf(block: Block): string {
  if ('link' in block) return `${block.label}:\n${block.link}`
  if ('code' in block) return `    ${block.code}`
  return 'note' in block ? block.note : block.text
}

/** Programs that read mail drop style sheets, so each element has its style. */
const styles = {
  text: 'margin:0 0 16px',
  button:
    'display:inline-block;padding:10px 20px;border-radius:6px;background:#0f766e;color:#ffffff;font-weight:600;text-decoration:none',
  code: 'margin:0 0 16px;font:600 20px/1.5 ui-monospace,monospace;letter-spacing:2px',
  note: 'margin:24px 0 0;font-size:13px;color:#52606d',
} as const

function htmlOf(block: Block): string {
  if ('link' in block) {
    const { link, label } = block
    const url = escapeHtml(link)
    return `<p style="${styles.text}"><a href="${url}" style="${styles.button}">${escapeHtml(label)}</a></p>
<p style="${styles.text};font-size:13px;color:#52606d;word-break:break-all">${url}</p>`
  }
  if ('code' in block) return `<p style="${styles.code}">${escapeHtml(block.code)}</p>`
  if ('note' in block) return `<p style="${styles.note}">${escapeHtml(block.note)}</p>`
  return `<p style="${styles.text}">${escapeHtml(block.text)}</p>`
}

function page(
  title: string,
  { locale, body }: { readonly locale: Locale; readonly body: string },
): string {
  return `<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title>
</head>
<body style="margin:0;padding:24px 16px;font:16px/1.5 system-ui,sans-serif;color:#1f2933;background:#ffffff">
<div style="max-width:480px;margin:0 auto">
${body}
</div>
</body>
</html>
`
}

/** Escapes text for HTML, in elements and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
