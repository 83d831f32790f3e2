/** Facts: the `issuer`, fixed at first start; the `log`, and those before it; counts of changes of `keys` and `guards`. */
export interface InstallationTable {
  name: string
  value: string
}
