/** Secrets of the service itself, such as the XSRF key, sealed with the master key. */
export interface ServiceKeyTable {
  name: string
  sealed: string
}
