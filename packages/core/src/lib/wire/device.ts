/** A browser that a person has signed in with. It is known by a cookie. */
export interface DeviceEntry {
  readonly id: string
  /** Kind of browser and system at its last sign-in, such as “Firefox on Linux”. */
  readonly browser: string | null
  /** The network address of its last sign-in. */
  readonly address: string | null
  readonly firstUsedAt: string
  readonly lastUsedAt: string
  /** What was another one at its last sign-in than at the sign-in before. */
  readonly changed: readonly ('address' | 'browser')[]
  /** Whether it is the browser of this request. */
  readonly current: boolean
}
