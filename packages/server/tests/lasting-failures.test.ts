import { rmSync } from 'node:fs'
import { pino } from 'pino'
import { expect, it } from 'vitest'
import { changeIn, countStatements, databaseIn } from '@keyhaven/stage/databases/databases'
import { until } from '@keyhaven/stage/processes/process'
import { createKeyhaven } from '@keyhaven/server'
import { newFolder } from '@keyhaven/stage/processes/served'

it('a job that fails ten times a second logs one line with the reason, and one when it is over (operator 10)', async () => {
  const data = newFolder()
  const database = await databaseIn(data)
  const lines: { msg: string; reason?: string; err?: unknown; more?: number }[] = []
  const log = pino({}, { write: (line) => void lines.push(JSON.parse(line) as never) })
  const about = (start: string) => lines.filter(({ msg }) => msg.startsWith(start))
  const announce = (): void => {}
  const keyhaven = await createKeyhaven({
    data,
    database,
    folder: data,
    environment: {},
    log,
    announce,
  })
  const failure = 'the log of revocations can’t be read; trying again'
  await changeIn(database, 'alter table revocation_counter rename to counter_away')
  await until('it is logged', () => about(failure).length > 0)
  // More failures, which are counted only: each reads the log, and finds no counter
  const failed = countStatements()
  await until('it has failed again and again', () => failed.count() > 60)
  failed.restore()
  await changeIn(database, 'alter table counter_away rename to revocation_counter')
  await until('its end is logged', () => about(`over: ${failure}`).length > 0)
  const [line, ...others] = about(failure)
  expect(others).toEqual([])
  expect(line).toMatchObject({ code: 'unavailable', reason: expect.stringMatching(/^database: /) })
  expect(line?.err).toBeUndefined()
  const [over] = about(`over: ${failure}`)
  expect(over?.more).toBeGreaterThan(2)
  await keyhaven.close()
  rmSync(data, { recursive: true })
})
