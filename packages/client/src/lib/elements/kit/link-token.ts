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
    taken = { token: '', undo: '', [name]: decodeURIComponent(value) }
  }
  return taken
}

/** Forgets the token of a link that was used or has ended, which is none of another form. */
export function forgetLink(): void {
  taken = { token: '', undo: '' }
}
