import { setImmediate as breathe } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { gathered } from './gathered.ts'

it('callers that call again at once share the next run (T7)', async () => {
  const runs: number[] = []
  const share = gathered({ together: 100, waiting: 100 }, async (items: readonly number[]) => {
    await breathe()
    runs.push(items.length)
    return items
  })
  const caller = async (): Promise<void> => {
    for (let call = 0; call < 3; call++) await share(call)
  }
  await Promise.all(Array.from({ length: 5 }, caller))
  // The first call finds nothing to wait for
  expect(runs).toEqual([1, 5, 5, 4])
})
