/** The beginning of a URL that five digits are appended to. */
export function rangeUrl(text: string): string {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new Error('must be a URL such as https://ranges.example/range/')
  }
  if (url.href.includes('#') || url.username || url.password) {
    throw new Error('must have no user, password or fragment')
  }
  return url.href
}
