import type { Browser } from 'playwright-core'

/** The first visit of a page, with nothing in the browser's cache. */
export interface Visit {
  /** From the address to what the page is for. */
  readonly milliseconds: number
  readonly requests: number
  /** Those of the requests that scripts send. */
  readonly calls: number
  /** The addresses of the other ones. */
  readonly files: readonly string[]
  /** On the wire, with headers. */
  readonly bytes: number
}

/** What is visited, and when it counts as shown. */
export interface Visited {
  readonly url: string
  /** A selector of Playwright. */
  readonly shows: string
  /** The `Cookie` header of the one who visits it. */
  readonly cookie?: string
  /** Kilobits a second, and milliseconds of a round trip; as fast as the machine if it is left out. */
  readonly link?: { readonly kilobits: number; readonly roundTrip: number }
}

/** Opens a page in a new profile of the browser. */
export async function visit(
  browser: Browser,
  { url, shows, cookie, link }: Visited,
): Promise<Visit> {
  const context = await browser.newContext()
  const { hostname } = new URL(url)
  const cookies = (cookie ?? '').split('; ').filter((one) => one !== '')
  await context.addCookies(
    cookies.map((one) => {
      const [name = '', ...value] = one.split('=')
      return { name, value: value.join('='), domain: hostname, path: '/' }
    }),
  )
  const page = await context.newPage()
  const network = await context.newCDPSession(page)
  const files: string[] = []
  let [requests, calls, bytes] = [0, 0, 0]
  network.on('Network.requestWillBeSent', ({ request, type }) => {
    if (request.url.startsWith('data:')) return
    requests += 1
    if (type === 'Fetch' || type === 'XHR') calls += 1
    else files.push(request.url)
  })
  network.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength))
  await network.send('Network.enable')
  if (link) {
    const perSecond = (link.kilobits * 1000) / 8
    await network.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: link.roundTrip,
      downloadThroughput: perSecond,
      uploadThroughput: perSecond,
    })
  }
  const began = performance.now()
  await page.goto(url, { waitUntil: 'commit' })
  await page.locator(shows).first().waitFor()
  const milliseconds = performance.now() - began
  await page.waitForLoadState('networkidle')
  await context.close()
  return { milliseconds, requests, calls, files, bytes }
}
