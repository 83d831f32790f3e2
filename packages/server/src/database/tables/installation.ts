/**
 * Facts by name: the `issuer`, fixed at first start; the `log` and the logs before it; counters of
 * changes of `keys` and `guards`; the last sealed row of the `audit` log.
 */
export interface InstallationTable {
  name: string
  value: string
}
