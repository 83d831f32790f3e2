import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { createJsonLog } from './json-log.ts'
import type { Logger } from './logger.ts'

type Line = Readonly<Record<string, unknown>>

/** What an entry is in this log, and in one of pino with the same options. */
function both(write: (log: Logger) => void): { ours: readonly Line[]; pinos: readonly Line[] } {
  const lines = { ours: [] as Line[], pinos: [] as Line[] }
  const into = (all: Line[]) => ({
    write: (line: string) => {
      const { time, ...rest } = JSON.parse(line) as Line
      expect(time).toBeTypeOf('number')
      all.push(rest)
    },
  })
  write(createJsonLog('info', into(lines.ours)))
  write(
    pino(
      { level: 'info', formatters: { level: (label) => ({ level: label }) } },
      into(lines.pinos),
    ),
  )
  return lines
}

class Odd extends Error {
  readonly code = 'ODD'
  readonly inner = new TypeError('inside')
}

/** Made once: the place where an error is made is in its stack. */
const errors = {
  plain: new Error('why'),
  odd: new Odd('odd'),
  caused: new Error('a', { cause: new Odd('b', { cause: 'c' }) }),
  several: new AggregateError([new Error('x')], 'y'),
}

const circular: { self?: unknown } = {}
circular.self = circular
const looped = new Error('a')
looped.cause = new Error('b', { cause: looped })

describe('the JSON log', () => {
  it.each<[string, (log: Logger) => void]>([
    ['a text', (log) => log.info('text')],
    ['members', (log) => log.warn({ a: 1, b: [true, null], c: undefined }, 'text')],
    ['members and no text', (log) => log.error({ a: 'x' })],
    ['a level that is left out', (log) => log.debug({ a: 1 }, 'text')],
    [
      'a log within a log',
      (log) => log.child({ request: 'r' }).child({ b: 2 }).info({ c: 3 }, 'x'),
    ],
    ['an error', (log) => log.error({ err: errors.plain }, 'failed')],
    ['an error with members', (log) => log.error({ err: errors.odd }, 'failed')],
    ['causes', (log) => log.error({ err: errors.caused }, 'failed')],
    ['a thrown text', (log) => log.error({ err: 'thrown' }, 'failed')],
    ['several errors', (log) => log.error({ err: errors.several }, 'failed')],
    ['control characters', (log) => log.info({ a: '\u001b[2J\u0085\u2028' }, 'x\ny')],
    ['a date and a function', (log) => log.info({ at: new Date(0), run: () => 1 }, 'x')],
  ])('writes %s as pino does', (_, write) => {
    const { ours, pinos } = both(write)
    expect(ours).toEqual(pinos)
  })

  it('writes a line for values that JSON can’t contain, with the stack of their error', () => {
    const lines: string[] = []
    const log = createJsonLog('info', { write: (line) => lines.push(line) })
    log.error({ err: Object.assign(new Error('why'), { circular }), circular, big: 1n }, 'failed')
    log.error({ err: looped }, 'failed')
    expect(lines.map((line) => JSON.parse(line) as Line)).toMatchObject([
      { big: '1', msg: 'failed', err: { message: 'why', stack: expect.stringContaining('why') } },
      { msg: 'failed', err: { message: 'a: b' } },
    ])
  })

  it('continues if the reader of standard error is gone', () => {
    const script = `
      const { createJsonLog } = await import('${join(import.meta.dirname, 'json-log.ts')}')
      const log = createJsonLog('info')
      for (let at = 0; at < 2000; at++) log.info({ at }, 'x'.repeat(100))
      process.stdout.write('still here')`
    const command = `"$0" --conditions=keyhaven-source --input-type=module -e "$1" 2>&1 >&3 | true`
    const { output } = spawnSync('sh', ['-c', command, process.execPath, script], {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      encoding: 'utf8',
    })
    expect(output[3]).toBe('still here')
  })

  it('writes whole lines to a pipe that is full for a while', () => {
    const script = `
      const { createJsonLog } = await import('${join(import.meta.dirname, 'json-log.ts')}')
      process.stderr._handle?.setBlocking?.(false)
      const log = createJsonLog('info')
      for (let at = 0; at < 3000; at++) log.info({ at }, 'x'.repeat(100))`
    const command = `"$0" --conditions=keyhaven-source --input-type=module -e "$1" 2>&1 | (sleep 0.3; cat)`
    const { stdout } = spawnSync('sh', ['-c', command, process.execPath, script], {
      encoding: 'utf8',
      maxBuffer: 10_000_000,
    })
    const numbers = stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { at: number }).at)
    expect(numbers).toEqual(Array.from({ length: 3000 }, (_, at) => at))
  })
})
