import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { createKeyhaven } from '@keyhaven/server'
import { changeIn, rowsIn } from './databases.ts'

type Remove = () => Promise<void>

/**
 * Set-up of a run: makes the database that all others of the run are copied from. It has every table
 * and belongs to no installation: no issuer, no key, no log.
 */
export default async function migratedDatabase(project: TestProject): Promise<Remove> {
  const { postgres } = project.getProvidedContext()
  return postgres === undefined ? migratedFile(project) : migratedOn(postgres, project)
}

async function migratedFile({ provide }: TestProject): Promise<Remove> {
  const folder = mkdtempSync(join(tmpdir(), 'keyhaven-template-'))
  const template = join(folder, 'template.sqlite')
  await migrate(template)
  // A copy has the mode of its original
  chmodSync(template, 0o600)
  provide('template', template)
  return async () => rmSync(folder, { recursive: true, force: true })
}

async function migratedOn(server: string, { provide }: TestProject): Promise<Remove> {
  // Another run may use the same server
  const template = `keyhaven_test_template_${process.pid}`
  await rowsIn(server, `create database ${template}`)
  const url = new URL(server)
  url.pathname = template
  await migrate(url.href)
  // PostgreSQL copies only databases that nobody is connected to
  await rowsIn(server, `alter database ${template} allow_connections false`)
  provide('template', template)
  return async () => void (await rowsIn(server, `drop database ${template} with (force)`))
}

/** Starts a service, which makes the tables, and takes away what makes them an installation. */
async function migrate(database: string): Promise<void> {
  const data = mkdtempSync(join(tmpdir(), 'keyhaven-template-'))
  const environment = { NODE_ENV: 'test' }
  const announce = (): void => {}
  const keyhaven = await createKeyhaven({ data, folder: data, database, environment, announce })
  await keyhaven.close()
  rmSync(data, { recursive: true })
  const written = ['installation', 'signing_keys', 'service_keys']
  await changeIn(database, ...written.map((table) => `delete from ${table}`))
}
