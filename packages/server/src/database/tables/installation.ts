/** Facts: the `issuer`, fixed at first start; the `log`, and those before it; counts of changes of `keys` and `guards`; how far the chain of the `audit` log reaches. */
export interface InstallationTable {
  name: string
  value: string
}
