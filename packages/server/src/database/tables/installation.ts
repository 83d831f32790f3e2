/** Facts fixed at first start: `issuer`, `log`. */
export interface InstallationTable {
  name: string
  value: string
}
