/** A one-time token of a mailed link, and what it is for. */
export interface LinkToken {
  readonly token: string
  readonly undo: string
}

let taken: LinkToken = { token: '', undo: '' }

/**
 * The token of the link that led to this page. It is taken out of the address at once, and stays in memory only, so that
 * neither the history nor a `Referer` has it. A fragment of another form, such as a route, stays.
 */
export function linkToken(): LinkToken {
  const found = /^#(token|undo)=([^&]*)/.exec(location.hash)
  if (found) {
    const [, name = '', value = ''] = found
    history.replaceState(history.state, '', location.pathname + location.search)
    taken = { token: '', undo: '', [name]: decoded(value) }
  }
  return taken
}

/** The value, or as it is if a mail program has cut it within an escape: the service refuses it, and the form says so. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}

const followers = new Set<() => void>()

/** Calls `again` when a person opens another mailed link in this tab, which loads no page. @returns what ends that. */
export function followLinks(again: () => void): () => void {
  followers.add(again)
  addEventListener('hashchange', follow)
  return () => void followers.delete(again)
}

function follow(): void {
  const former = taken
  if (linkToken() === former) return
  // Those that begin again follow anew
  const all = [...followers]
  for (const again of all) again()
}

/** Forgets the token of a link that was used or has ended, which is none of another form. */
export function forgetLink(): void {
  taken = { token: '', undo: '' }
}
