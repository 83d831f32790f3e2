import type { BoxedMail, Mailbox } from '../../mail/mailbox.ts'
import type { Answer } from '../endpoint.ts'
import type { ServiceRequest } from '../service-request.ts'
import type { Site } from '../site.ts'
import { listedMail } from './listed-mail.ts'
import { mailboxPage, PAGE_HASHES } from './mailbox-page.ts'
import { isDirectVisit } from './direct-visit.ts'

/**
 * The mailbox of development, below the address of the service: a page, the number of the newest
 * mail, all mails for the command line, and the HTML of each mail. `undefined` without a mailbox, and for every other request.
 */
export function mailboxAnswer(
  request: ServiceRequest,
  site: Site,
  mailbox: Mailbox | undefined,
): Answer | undefined {
  const folder = `${site.mount}/dev/mailbox`
  const { method, path } = request
  if (mailbox === undefined || !site.development || !path.startsWith(folder)) return undefined
  if (!['GET', 'HEAD'].includes(method) || !isDirectVisit(request, site)) return undefined
  const rest = path.slice(folder.length)
  if (rest === '/all') return { status: 200, body: { mails: mailbox.all().map(listedMail) } }
  if (rest === '/newest') return { status: 200, body: { newest: mailbox.newest() } }
  const [, number, isHtml] = /^(?:\/(\d{1,9})(\/html)?)?$/.exec(rest) ?? [undefined]
  if (rest !== '' && number === undefined) return undefined
  const mail = number === undefined ? mailbox.all()[0] : mailbox.find(Number(number))
  if (number !== undefined && mail === undefined) return undefined
  if (isHtml !== undefined && mail !== undefined) return htmlOf(mail, site)
  const base = `${new URL(site.issuer).origin}${folder}`
  const page = { folder, mails: mailbox.all(), mail, isNewest: number === undefined }
  return {
    status: 200,
    text: mailboxPage(page),
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': [
        "default-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        `style-src ${PAGE_HASHES.style}`,
        `script-src ${PAGE_HASHES.script}`,
        `connect-src ${base}/newest`,
        `frame-src ${base}/`,
      ].join('; '),
    },
  }
}

/** A mail runs in a sandbox without an origin; its links open in a new tab. */
function htmlOf({ html }: BoxedMail, { issuer }: Site): Answer {
  return {
    status: 200,
    text: `<base target="_blank">${html}`,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': [
        'sandbox allow-popups allow-popups-to-escape-sandbox',
        "default-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "style-src 'unsafe-inline'",
        'img-src data: https:',
        `frame-ancestors ${new URL(issuer).origin}`,
      ].join('; '),
    },
  }
}
