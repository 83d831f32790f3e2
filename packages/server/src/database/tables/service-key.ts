/** Secrets of the service itself, such as the XSRF key, sealed under the master key. */
export interface ServiceKeyTable {
  name: string
  sealed: string
}
