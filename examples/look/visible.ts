/** All that a script on this page can read, an attacker's too: the token and the session cookie are not in it. */
export function visibleToScripts(): string {
  const names = document.cookie.split('; ').map((cookie) => cookie.split('=')[0])
  const stored = Object.keys(localStorage)
  return `cookies: ${names.join(', ') || 'none'}; storage: ${stored.join(', ') || 'empty'}`
}
