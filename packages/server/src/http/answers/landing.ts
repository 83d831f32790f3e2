import { createHash } from 'node:crypto'
import type { Answer } from '../endpoint.ts'
import type { ServiceRequest } from '../service-request.ts'
import type { Site } from '../site.ts'

const STYLE = `:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { max-width: 40rem; margin: 4rem auto; padding: 0 1rem }
dt { font-weight: 600; margin-top: 1rem } dd { margin: 0 }`

const POLICY = `default-src 'none'; base-uri 'none'; frame-ancestors 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`

/** What stands below the issuer for a developer to look at. */
const places = [
  ['/openapi.json', 'Every call, its body and its answers (OpenAPI 3.1)'],
  ['/.well-known/oauth-authorization-server', 'What this issuer is and where (RFC 8414)'],
  ['/.well-known/jwks.json', 'The keys that check its tokens'],
  ['/health/live', 'Whether the process runs'],
  ['/health/ready', 'Whether the database answers and takes writes'],
  ['/user/current', 'Who is signed in in this browser; 401 if nobody is'],
] as const

/**
 * The page that a developer finds at the address of the service. In production there is none: what is not in the
 * route table is 404 there.
 */
export function landingFor({ method, path }: ServiceRequest, site: Site): Answer | undefined {
  const { development, mount, issuer } = site
  if (!development || !['GET', 'HEAD'].includes(method)) return undefined
  if (path !== '/' && path !== mount && path !== `${mount}/`) return undefined
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': POLICY,
  }
  return { status: 200, text: pageOf(issuer, mount), headers }
}

function pageOf(issuer: string, mount: string): string {
  const links = places.map(
    ([path, what]) => `<dt><a href="${mount}${path}">${mount}${path}</a></dt><dd>${what}</dd>`,
  )
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Keyhaven</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Keyhaven runs</h1>
<p>This is the sign-in service <code>${escaped(issuer)}</code>, in development. Its pages are yours to make: a page uses
<code>@keyhaven/client</code>, an API <code>@keyhaven/guard</code>. <code>keyhaven --help</code> lists what an operator can
do, <code>keyhaven start --help</code> every setting. In production this page is not there.</p>
<dl>
${links.join('\n')}
</dl>
</body>
</html>
`
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
