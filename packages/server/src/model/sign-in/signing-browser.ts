/** The browser in which a user signs in, and what they chose there. */
export interface SigningBrowser {
  /** The session that it still has; it ends. */
  readonly former?: string | undefined
  /** The browser in words, for the list of sessions. */
  readonly browser?: string | undefined
  /** Of what it has begun. */
  readonly flowCookies?: readonly string[] | undefined
  /** Of accounts that may know it. */
  readonly deviceCookies?: readonly string[] | undefined
  /** A name for it, shown in lists of sessions. */
  readonly device?: string | undefined
  readonly remember?: boolean | undefined
  /** Whether an app signs in, or a page of another site: it gets tokens, and no cookies. */
  readonly isNative?: boolean | undefined
}
