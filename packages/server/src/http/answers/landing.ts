import { createHash } from 'node:crypto'
import type { Answer } from '../endpoint.ts'
import type { ServiceRequest } from '../service-request.ts'
import type { Site } from '../site.ts'

const STYLE = `:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { max-width: 40rem; margin: 4rem auto; padding: 0 1rem }
dt { font-weight: 600; margin-top: 1rem } dd { margin: 0 }`

const POLICY = `default-src 'none'; base-uri 'none'; frame-ancestors 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`

/** Paths below the issuer that help a developer. */
const places = [
  ['/pages/sign-in', 'The page that signs in; from there to every other page'],
  ['/openapi.json', 'Every call with its body and responses (OpenAPI 3.1)'],
  ['/.well-known/oauth-authorization-server', 'Metadata of this issuer (RFC 8414)'],
  ['/.well-known/jwks.json', 'The keys that verify its tokens'],
  ['/health/live', 'Whether the process runs'],
  ['/health/ready', 'Whether the database answers and accepts writes'],
  ['/user/current', 'The user of this browser; 401 without a sign-in'],
  ['/dev/mailbox', 'The mails of this service, if KEYHAVEN_MAIL is mailbox'],
] as const

/**
 * The page at the address of the service in development. In production the root of a host that is the service's alone
 * leads to the application, the first of the allowed origins; without one it is 404 unless the route table has it.
 */
export function landingFor({ method, path }: ServiceRequest, site: Site): Answer | undefined {
  const { development, mount, issuer } = site
  if (!['GET', 'HEAD'].includes(method)) return undefined
  if (!development) return path === '/' ? toApplication(site) : undefined
  if (path !== '/' && path !== mount && path !== `${mount}/`) return undefined
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': POLICY,
  }
  return { status: 200, text: pageOf(issuer, mount), headers }
}

function toApplication({ origins, issuer }: Site): Answer | undefined {
  const application = origins.own.find((origin) => origin !== new URL(issuer).origin)
  return application === undefined
    ? undefined
    : { status: 302, headers: { location: `${application}/` } }
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
<p>This is the sign-in service <code>${escaped(issuer)}</code>, in development. It has pages of its own. Your
pages use <code>@keyhaven/client</code>, and your API uses <code>@keyhaven/guard</code>. <code>keyhaven --help</code> lists the
commands, <code>keyhaven start --help</code> every setting. In production this page does not exist.</p>
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
