/// <reference types="node" />
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { env } from 'node:process'

/** The key of the running service, and where it was found. */
export interface TestingKey {
  readonly key: string
  /** The variable or the file, for messages. */
  readonly from: string
}

/**
 * Reads the key that the service has written at its start, each time, because a restart makes a new one.
 * @throws Error with one sentence that names the file.
 */
export async function testingKey(): Promise<TestingKey> {
  const given = env['KEYHAVEN_TESTING_KEY']
  if (given) return checked(given, 'KEYHAVEN_TESTING_KEY')
  const file = resolve(join(env['KEYHAVEN_DATA'] || './keyhaven-data', 'testing.key'))
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Error(
      `signInAs: the key ${file} can’t be read: start the service with KEYHAVEN_TESTING=on, and set KEYHAVEN_DATA to its data folder, or KEYHAVEN_TESTING_KEY to the key.`,
      { cause },
    )
  })
  return checked(text, file)
}

function checked(text: string, from: string): TestingKey {
  const key = text.trim()
  if (/^[\w-]{43}$/.test(key)) return { key, from }
  throw new Error(
    `signInAs: ${from} has no key of 43 letters and digits: start the service with KEYHAVEN_TESTING=on, which writes testing.key into its data folder.`,
  )
}
