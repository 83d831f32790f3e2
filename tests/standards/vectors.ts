import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { verifyJws } from '@keyhaven/core'
import type { Jwk } from '@keyhaven/core'
import { root } from '@keyhaven/stage/processes/process'

const folder = join(root, 'tests/vectors')

/** A vector file as text. */
export function vectorText(path: string): string {
  return readFileSync(join(folder, path), 'utf8')
}

/** A vector file as JSON, in the shape that the caller knows it to have. */
export function vectorJson<T>(path: string): T {
  return JSON.parse(vectorText(path)) as T
}

/** The files of a folder of vectors. */
export function vectorFiles(path: string): string[] {
  return readdirSync(join(folder, path)).toSorted()
}

/** What one case came to: the payload, or the reason of the refusal. */
export type Outcome =
  | { readonly accepted: true; readonly payload: string }
  | { readonly accepted: false; readonly reason: string }

/** Verifies as the lowest door does; anything thrown but a KeyhavenError fails the test. */
export function outcomeOf(jws: unknown, key: Jwk, alg: string): Outcome {
  try {
    const { payload } = verifyJws(jws as string, { key, alg })
    return { accepted: true, payload: Buffer.from(payload).toString() }
  } catch (error) {
    const { name, code, details } = error as {
      name: string
      code: string
      details: { reason: string }
    }
    if (name !== 'KeyhavenError' || code !== 'token_invalid') throw error
    return { accepted: false, reason: details.reason }
  }
}

/** Prints how many cases of a file ran: none is skipped silently. */
export function report(file: string, cases: number): void {
  process.stdout.write(`vectors: ${file}: ${cases} cases\n`)
}
