import { addGuard } from '../../flows/guards/add.ts'
import type { GuardOptions } from '../../model/guard-options.ts'
import { listGuards } from '../../flows/guards/list.ts'
import type { GuardItem } from '../../flows/guards/list.ts'
import { removeGuard } from '../../flows/guards/remove.ts'
import type { PagePosition } from '../../stores/page.ts'
import { operator } from '../operator.ts'
import { printResult } from '../report.ts'
import { withInstallation } from '../installation.ts'

interface Flags {
  readonly json?: boolean
}

/** `keyhaven guards add`: makes a guard key and prints it once. */
export function guardsAdd(name: string, { json, ...reach }: Flags & GuardOptions): Promise<void> {
  return withInstallation(async ({ database, issuer }) => {
    const key = await addGuard(database, { ...reach, name }, operator())
    printResult(json, { name, key }, () => [
      `${name} can read the feed with this key, which is shown only now:`,
      key,
      'Store the key as a secret of your API, for example in the variable FEED_KEY, and create its guard with it:',
      `createGuard({ issuer: '${issuer}', feedKey: process.env.FEED_KEY })`,
    ])
  })
}

/**
 * `keyhaven guards list`: prints each guard's connections and last report, as running services
 * stored them.
 */
export function guardsList({ json }: Flags): Promise<void> {
  return withInstallation(async ({ database }) => {
    const guards: GuardItem[] = []
    let after: PagePosition | undefined
    do {
      const page = await listGuards(database, { limit: 100, after, descending: false })
      guards.push(...page.items)
      after = page.next ?? undefined
    } while (after !== undefined)
    printResult(json, { guards }, () =>
      guards.map(({ name, connections, appliedSeq, age, ahead, ...reach }) => {
        const applied =
          appliedSeq === null
            ? `no report yet${connections === 0 ? ': start its API with createGuard({ issuer, feedKey })' : ''}`
            : `applied ${appliedSeq}, ${Math.round(age ?? 0)} s ago`
        const claims = ahead ? '; reports a number that the log does not have yet' : ''
        return `${name}  ${connections} connection${connections === 1 ? '' : 's'}  ${applied}${claims}${reachText(reach)}`
      }),
    )
  })
}

function reachText({
  audiences,
  exchangeTo,
  origins,
}: Pick<GuardItem, 'audiences' | 'exchangeTo' | 'origins'>): string {
  return [
    ...(audiences === null ? [] : [`; for ${audiences.join(', ')}`]),
    ...(exchangeTo.length === 0 ? [] : [`; exchanges to ${exchangeTo.join(', ')}`]),
    ...(origins.length === 0 ? [] : [`; tickets at ${origins.join(', ')}`]),
  ].join('')
}

/** `keyhaven guards remove`: services reject the key from now on and end its open feeds. */
export function guardsRemove(name: string, { json }: Flags): Promise<void> {
  return withInstallation(async ({ database }) => {
    await removeGuard(database, name, operator())
    printResult(json, { name }, () => [
      `${name} is removed: its key is rejected and its open feeds end`,
    ])
  })
}
