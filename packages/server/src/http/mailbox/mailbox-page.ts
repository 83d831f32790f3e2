import { createHash } from 'node:crypto'
import { actionsIn } from '../../mail/actions-in.ts'
import { escapeHtml } from '../../mail/render.ts'
import type { BoxedMail } from '../../mail/mailbox.ts'
import { mailboxScript } from './mailbox-script.ts'
import { mailboxStyle } from './mailbox-style.ts'

const hashOf = (text: string): string =>
  `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/** The only style sheet and script that the page may have. */
export const PAGE_HASHES = { style: hashOf(mailboxStyle), script: hashOf(mailboxScript) } as const

/** What the page shows. */
export interface MailboxView {
  /** The path of the page. */
  readonly folder: string
  /** The newest first. */
  readonly mails: readonly BoxedMail[]
  /** The mail that is open. */
  readonly mail: BoxedMail | undefined
  /** Whether the page shows the newest mail, whichever it is. */
  readonly isNewest: boolean
}

/** The mailbox as a page. */
export function mailboxPage({ folder, mails, mail, isNewest }: MailboxView): string {
  const newest = mails[0]?.number ?? 0
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Mailbox · Keyhaven</title>
<style>${mailboxStyle}</style>
</head>
<body data-folder="${escapeHtml(folder)}" data-newest="${newest}" data-follows="${String(isNewest)}">
<header><h1>Mailbox</h1><p>Mails of this service in development. None of them left this machine.</p></header>
<p id="news" role="status"></p>
${mail === undefined ? EMPTY : `<main>${openMail(folder, mail)}${listOf(folder, mails, mail)}</main>`}
<script>${mailboxScript}</script>
</body>
</html>
`
}

const EMPTY = `<main class="empty"><h2>No mail yet</h2>
<p>Sign up, or change a password, and the mail appears here by itself.</p></main>`

function openMail(folder: string, { number, to, from, subject, text, at }: BoxedMail): string {
  const sender = from.name === '' ? from.address : `${from.name} <${from.address}>`
  return `<article>
<h2>${escapeHtml(subject)}</h2>
<dl>
<div><dt>To</dt><dd>${escapeHtml(to)}</dd></div>
<div><dt>From</dt><dd>${escapeHtml(sender)}</dd></div>
<div><dt>Sent</dt><dd>${timeOf(at)}</dd></div>
</dl>
${codesOf(text)}
<h3 id="text">Text</h3>
<pre aria-labelledby="text">${withLinks(text)}</pre>
<h3>HTML</h3>
<iframe title="The mail as HTML" sandbox="allow-popups allow-popups-to-escape-sandbox" src="${escapeHtml(`${folder}/${number}/html`)}"></iframe>
</article>
`
}

function codesOf(text: string): string {
  return actionsIn(text)
    .codes.map((code) => {
      const shown = escapeHtml(code)
      return `<p class="code"><code>${shown}</code><button type="button" data-copy="${shown}">Copy code</button></p>`
    })
    .join('\n')
}

/** The text with links that open in a new tab. */
function withLinks(text: string): string {
  return text
    .split(/(https?:\/\/[^\s<>"]+)/)
    .map((part, at) => {
      const shown = escapeHtml(part)
      return at % 2 === 0 ? shown : `<a href="${shown}" target="_blank" rel="noopener">${shown}</a>`
    })
    .join('')
}

function listOf(folder: string, mails: readonly BoxedMail[], open: BoxedMail): string {
  const rows = mails.map(({ number, subject, to, at }) => {
    const current = number === open.number ? ' aria-current="true"' : ''
    return `<li><a href="${escapeHtml(`${folder}/${number}`)}"${current}><span>${escapeHtml(subject)}</span><small>${escapeHtml(to)}</small><small>${timeOf(at)}</small></a></li>`
  })
  return `<nav aria-label="Mails"><h2>${mails.length === 1 ? '1 mail' : `${mails.length} mails`}</h2><ol>${rows.join('\n')}</ol></nav>`
}

/** The script of the page shows it in the browser’s language. */
function timeOf(at: number): string {
  const text = new Date(at).toISOString()
  return `<time datetime="${text}">${text.slice(0, 19).replace('T', ' ')} UTC</time>`
}
