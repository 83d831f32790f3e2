/** Bounds of one look-up at the issuer. */
const TIME_OUT = 5000
const LONGEST = 262_144

/** A request that is no GET. */
type Sent = Pick<RequestInit, 'method' | 'body'> & {
  readonly headers?: Readonly<Record<string, string>>
  /** A status whose JSON is an answer too. */
  readonly refusal?: number
}

/**
 * Fetches a JSON object: no redirects, at most 5 s and 256 KiB, a JSON media type.
 * @throws Error with a sentence for the log.
 */
export async function fetchJson(
  url: string,
  { headers, refusal, ...sent }: Sent = {},
): Promise<Readonly<Record<string, unknown>>> {
  const response = await fetch(url, {
    ...sent,
    redirect: 'error',
    signal: AbortSignal.timeout(TIME_OUT),
    headers: { accept: 'application/json, application/jwk-set+json', ...headers },
  })
  if (!response.ok && response.status !== refusal) {
    await response.body?.cancel()
    throw new Error(`${url} answered ${response.status}`)
  }
  const type = response.headers.get('content-type') ?? 'nothing'
  if (!/^application\/(?:[\w.-]+\+)?json\b/i.test(type)) {
    throw new Error(`${url} answered ${type}, not JSON`)
  }
  const value: unknown = JSON.parse(await boundedText(response, url))
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error(`${url} answered no JSON object`)
  }
  return value as Record<string, unknown>
}

async function boundedText(response: Response, url: string): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    length += chunk.length
    if (length > LONGEST) throw new Error(`${url} answered more than ${LONGEST} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}
