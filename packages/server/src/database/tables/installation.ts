/**
 * Facts by name: the `issuer`, fixed at first start; the `log` and the logs before it; the newest of
 * the `notices`; the last sealed row of the `audit` log.
 */
export interface InstallationTable {
  name: string
  value: string
}
