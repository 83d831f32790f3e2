declare const process: { readonly env: { readonly NODE_ENV?: string } }

let isWarned = false
let isReported = false

/** Prints once, in development, what a page risks that holds its tokens itself. */
export function warnOfTokensInPage(): void {
  try {
    if (process.env.NODE_ENV !== 'development' || isWarned) return
    isWarned = true
    console.warn(
      'Keyhaven: createBearerAuth holds tokens in this page. A script that is injected into it can steal them, and a reload signs the user out. Put the page and the service on one site and use createAuth if you can.',
    )
  } catch {
    // No bundler has replaced it, and a browser has no `process`
  }
}

/** Prints once that an app's storage has failed: the next start may be signed out. */
export function reportStorage(error: unknown): void {
  if (isReported) return
  isReported = true
  console.error('Keyhaven: the storage of the app failed:', error)
}
