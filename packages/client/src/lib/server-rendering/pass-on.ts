/** Headers that belong to one connection, or name a client whom this server does not know (RFC 9110 §7.6.1). */
const dropped =
  /^(connection|keep-alive|te|trailer|transfer-encoding|upgrade|expect|host|content-length|forwarded|proxy-.*|x-forwarded-.*)$/
/** `fetch` has undone the encoding of an answer. */
const ofBody = /^(connection|keep-alive|transfer-encoding|content-encoding|content-length)$/

/** Passes a call of the page on to the service, and its answer back, cookies and streams included. */
export async function passOn(request: Request, target: string, address = ''): Promise<Response> {
  const { method, url, body } = request
  const headers = new Headers([...request.headers].filter(([name]) => !dropped.test(name)))
  const { host, protocol } = new URL(url)
  if (address) headers.set('x-forwarded-for', address)
  headers.set('x-forwarded-host', host)
  headers.set('x-forwarded-proto', protocol.slice(0, -1))
  // A compressed stream would wait for its compression
  headers.set('accept-encoding', 'identity')
  const how = { method, headers, body, redirect: 'manual', duplex: 'half', cache: 'no-store' }
  try {
    const answer = await fetch(target, { ...how, signal: request.signal } as RequestInit)
    const kept = new Headers([...answer.headers].filter(([name]) => !ofBody.test(name)))
    const { status, statusText } = answer
    return new Response(answer.body, { status, statusText, headers: kept })
  } catch {
    const detail = 'The service can’t be reached. Check the connection, then try again.'
    const problem = { type: 'about:blank', title: 'unavailable', status: 503, code: 'unavailable' }
    return new Response(JSON.stringify({ ...problem, detail }), {
      status: 503,
      headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
    })
  }
}
