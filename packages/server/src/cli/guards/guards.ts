import { addGuard } from '../../flows/guards/add.ts'
import { listGuards } from '../../flows/guards/list.ts'
import type { GuardItem } from '../../flows/guards/list.ts'
import { removeGuard } from '../../flows/guards/remove.ts'
import type { PagePosition } from '../../stores/page.ts'
import { operator } from '../operator.ts'
import { say } from '../report.ts'
import { withInstallation } from '../installation.ts'

interface Flags {
  readonly json?: boolean
}

/** `keyhaven guards add`: prints the key, this once. */
export function guardsAdd(name: string, { json }: Flags): Promise<void> {
  return withInstallation(async ({ database }) => {
    const key = await addGuard(database, name, operator())
    say(json, { name, key }, () => [
      `${name} may listen with this key, which is shown only now:`,
      key,
    ])
  })
}

/** `keyhaven guards list`: who listens, as the running services wrote it. */
export function guardsList({ json }: Flags): Promise<void> {
  return withInstallation(async ({ database }) => {
    const guards: GuardItem[] = []
    let after: PagePosition | undefined
    do {
      const page = await listGuards(database, { limit: 100, after, descending: false })
      guards.push(...page.items)
      after = page.next ?? undefined
    } while (after !== undefined)
    say(json, { guards }, () =>
      guards.map(({ name, connections, appliedSeq, age, ahead }) => {
        const applied =
          appliedSeq === null
            ? 'has reported nothing'
            : `applied ${appliedSeq}, ${Math.round(age ?? 0)} s ago`
        const claims = ahead ? '; claims more than the log holds' : ''
        return `${name}  ${connections} connection${connections === 1 ? '' : 's'}  ${applied}${claims}`
      }),
    )
  })
}

/** `keyhaven guards remove`: the key opens nothing any more, and its open feeds end. */
export function guardsRemove(name: string, { json }: Flags): Promise<void> {
  return withInstallation(async ({ database }) => {
    await removeGuard(database, name, operator())
    say(json, { name }, () => [`${name} is removed: its key opens nothing, its open feeds end`])
  })
}
