import { describe, expect, it } from 'vitest'
import { createSample } from './sample.ts'

function sampled() {
  const reported: Readonly<Record<string, number>>[] = []
  const ends: (() => void)[] = []
  const sample = createSample(
    (left) => reported.push(left),
    (work) => ends.push(work),
  )
  return { sample, reported, ends }
}

describe('createSample', () => {
  it('logs five lines a minute of a flood of one kind, and counts the rest by code', () => {
    const { sample, reported, ends } = sampled()
    const lines = Array.from({ length: 1000 }, () => sample.take('csrf_failed', 'a'))
    expect(lines.filter(Boolean)).toHaveLength(5)
    expect(sample.take('not_found', 'b')).toBe(true)
    expect(reported).toEqual([])
    ends.shift()?.()
    expect(reported).toEqual([{ csrf_failed: 995 }])
    expect(sample.take('csrf_failed', 'a')).toBe(true)
    expect(ends).toHaveLength(1)
  })
  it('logs a hundred lines a minute of a flood of many kinds', () => {
    const { sample, reported } = sampled()
    const lines = Array.from({ length: 5000 }, (_, at) => sample.take('token_invalid', `${at}`))
    expect(lines.filter(Boolean)).toHaveLength(100)
    sample.close()
    expect(reported).toEqual([{ token_invalid: 4900 }])
  })
  it('reports nothing for a minute in which every request had a line', () => {
    const { sample, reported, ends } = sampled()
    sample.take('not_signed_in', 'a')
    ends.shift()?.()
    sample.close()
    expect(reported).toEqual([])
  })
})
