import { describe, expect, it } from 'vitest'
import { mayConnect } from './judged-lookup.ts'

const production = { development: false, allowPrivate: [] }

describe('mayConnect', () => {
  it.each([
    '127.0.0.1',
    '0.0.0.0',
    '10.1.2.3',
    '172.31.255.255',
    '192.168.0.1',
    '100.64.0.1',
    '169.254.169.254',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:a9fe:a9fe',
    '64:ff9b::10.0.0.1',
    '64:ff9b:1::a00:1',
    '2002:7f00:1::',
    'fd00:ec2::254',
    'fe80::1%eth0',
    'ff02::1',
    'not an address',
  ])('refuses %s in production (H32)', (address) => {
    expect(mayConnect(address, 'host:443', production)).toBe(false)
  })
  it.each([
    '8.8.8.8',
    '172.32.0.1',
    '100.128.0.1',
    '2606:4700::1111',
    '::ffff:8.8.8.8',
    '64:ff9b::8.8.8.8',
  ])('allows %s', (address) => {
    expect(mayConnect(address, 'host:443', production)).toBe(true)
  })
  it('allows what the operator lists, and everything in development', () => {
    const listed = { development: false, allowPrivate: [{ place: 'ranges.internal:8443' }] }
    expect(mayConnect('10.0.0.1', 'ranges.internal:8443', listed)).toBe(true)
    expect(mayConnect('10.0.0.1', 'ranges.internal:443', listed)).toBe(false)
    expect(mayConnect('127.0.0.1', 'localhost:80', { ...production, development: true })).toBe(true)
  })
})
