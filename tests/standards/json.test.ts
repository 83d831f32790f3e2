import { parseStrictObject } from '@keyhaven/core'
import { describe, expect, it } from 'vitest'
import { report, vectorJson } from './vectors.ts'

interface Case {
  readonly name: string
  readonly expect: 'accept' | 'reject' | 'either'
  readonly base64: string
}

/** RFC 8259 takes these, a JOSE header or claims set does not: names repeat (RFC 7515 §4). */
const repeated = ['y_object_duplicated_key.json', 'y_object_duplicated_key_and_value.json']

describe('JSONTestSuite', () => {
  const { cases } = vectorJson<{ cases: readonly Case[] }>('json-parsing/json_test_suite.json')
  report('json_test_suite.json', cases.length)

  it.each(cases.map((one) => [one.name, one.expect, one] as const))(
    '%s: %s',
    (name, wanted, { base64 }) => {
      const bytes = Buffer.from(base64, 'base64')
      const parsed = parseStrictObject(bytes)
      // Nothing is accepted that the engine's own parser refuses, and only objects are
      if (wanted === 'reject' || repeated.includes(name)) expect(parsed.ok).toBe(false)
      if (parsed.ok) expect(JSON.parse(bytes.toString())).toEqual(parsed.value)
      if (wanted === 'accept' && !repeated.includes(name)) {
        const value: unknown = JSON.parse(bytes.toString())
        const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
        expect(parsed.ok, JSON.stringify(parsed)).toBe(isObject)
      }
    },
  )
})
