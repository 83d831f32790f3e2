import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { doses } from '../doses.ts'
import { root, run } from '@keyhaven/stage/processes/process'

describe('a guard that sees more tokens than it can hold', () => {
  it('stops growing at its bound (by characters; by tokens in the whole dose)', async () => {
    const script = join(root, 'packages/stage/src/http/many-tokens.ts')
    const size = [doses.tokensShown, doses.tokenPadding].map(String)
    const guard = run([process.execPath, '--conditions=keyhaven-source', script, ...size])
    expect(await guard.exited).toBe(0)
    const held = [...guard.output().matchAll(/tokens: (\d+) MB/g)].map(([, mb]) => Number(mb))
    process.stdout.write(`memory: ${held.join(', ')} MB after each tenth\n`)
    expect(held).toHaveLength(10)
    const before = Math.max(...held.slice(4, 8))
    expect(Math.max(...held.slice(8))).toBeLessThanOrEqual(before * 1.1)
  }, 600_000)
})
