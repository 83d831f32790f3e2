import { describe, expect, it } from 'vitest'
import { createSample } from './sample.ts'

function sampled() {
  const told: Readonly<Record<string, number>>[] = []
  const ends: (() => void)[] = []
  const sample = createSample(
    (left) => told.push(left),
    (work) => ends.push(work),
  )
  return { sample, told, ends }
}

describe('createSample', () => {
  it('gives a flood of one kind five lines a minute, and counts the rest by code', () => {
    const { sample, told, ends } = sampled()
    const lines = Array.from({ length: 1000 }, () => sample.take('csrf_failed', 'a'))
    expect(lines.filter(Boolean)).toHaveLength(5)
    expect(sample.take('not_found', 'b')).toBe(true)
    expect(told).toEqual([])
    ends.shift()?.()
    expect(told).toEqual([{ csrf_failed: 995 }])
    expect(sample.take('csrf_failed', 'a')).toBe(true)
    expect(ends).toHaveLength(1)
  })
  it('gives a flood of many kinds a hundred lines a minute', () => {
    const { sample, told } = sampled()
    const lines = Array.from({ length: 5000 }, (_, at) => sample.take('token_invalid', `${at}`))
    expect(lines.filter(Boolean)).toHaveLength(100)
    sample.close()
    expect(told).toEqual([{ token_invalid: 4900 }])
  })
  it('tells nothing of a minute in which all had a line', () => {
    const { sample, told, ends } = sampled()
    sample.take('not_signed_in', 'a')
    ends.shift()?.()
    sample.close()
    expect(told).toEqual([])
  })
})
