import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { keyhaven, run } from '@keyhaven/stage/processes/process'
import { stopped, verify } from '@keyhaven/stage/databases/stopped-installation'

const folder = mkdtempSync(join(tmpdir(), 'keyhaven-audit-files-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('keyhaven audit', () => {
  it.each([
    [['verify', '--from', 'x'], '--from must be the number of a row'],
    [['verify', '--from', '0'], '--from must be the number of a row'],
    [['export', '-', '--after', '-1'], '--after must be the number of a row'],
    [['export'], "missing required argument 'file'"],
    [['verify', '--from', '2', '--file', 'x'], 'cannot be used with option'],
  ])('%j exits 2 with one sentence', async (args, sentence) => {
    const process = run([...keyhaven, 'audit', ...args], { environment: { KEYHAVEN_DATA: folder } })
    expect(await process.exited).toBe(2)
    expect(process.output()).toContain(sentence)
  })
})

describe('an export of the audit log', () => {
  it('can be checked by itself: any edit, insertion or deletion is found (R99)', async () => {
    const at = await stopped(folder)
    const file = join(at.data, 'audit.ndjson')
    await at.command(['audit', 'export', file])
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
    expect(await verify(at, '--file', file)).toMatchObject({ whole: true, rows: 4 })
    const [one = '', two = '', three = '', four = '', head = ''] = lines
    const cases: [string, readonly string[], { number: number; what: string }][] = [
      [
        'edited',
        [one, two.replace('"two"', '"too"'), three, four, head],
        { number: 2, what: 'edited' },
      ],
      ['no JSON', [one, '}', three, four, head], { number: 2, what: 'edited' }],
      ['deleted', [one, two, four, head], { number: 3, what: 'missing' }],
      ['twice', [one, two, two, three, four, head], { number: 2, what: 'inserted' }],
      ['swapped', [one, three, two, four, head], { number: 2, what: 'missing' }],
      ['no last row', [one, two, three, head], { number: 4, what: 'truncated' }],
      ['no head', lines.slice(0, 4), { number: 5, what: 'truncated' }],
      ['behind the head', [...lines, four], { number: 5, what: 'inserted' }],
      ['empty', [], { number: 1, what: 'truncated' }],
    ]
    for (const [name, text, broken] of cases) {
      const copy = join(at.data, `${name}.ndjson`)
      writeFileSync(copy, text.map((line) => `${line}\n`).join(''))
      expect({ name, broken: (await verify(at, '--file', copy)).broken }).toEqual({ name, broken })
    }
    const rest = join(at.data, 'rest.ndjson')
    await at.command(['audit', 'export', rest, '--after', '2'])
    expect(await verify(at, '--file', rest)).toMatchObject({ whole: true, rows: 2 })
    const nothing = join(at.data, 'nothing.ndjson')
    await at.command(['audit', 'export', nothing, '--after', '4'])
    const whole = { whole: true, rows: 0, head: { number: 4 } }
    expect(await verify(at, '--file', nothing)).toMatchObject(whole)
    // As an editor or another system may leave it
    const copied = join(at.data, 'copied.ndjson')
    writeFileSync(copied, `\uFEFF${lines.join('\r\n')}\r\n\r\n`)
    expect(await verify(at, '--file', copied)).toMatchObject({ whole: true, rows: 4 })
  })
})
