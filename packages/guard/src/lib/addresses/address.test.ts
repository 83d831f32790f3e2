import { isIP } from 'node:net'
import { describe, expect, it } from 'vitest'
import { isWithin, networkOf, parseAddress, parseNetwork } from './address.ts'

describe('parseAddress', () => {
  it.each([
    '203.0.113.2',
    ' 203.0.113.2\t',
    '203.0.113.2:50000',
    '"203.0.113.2"',
    '"203.0.113.2:50412"',
    '::ffff:203.0.113.2',
    '::FFFF:cb00:7102',
    '0:0:0:0:0:ffff:203.0.113.2',
    '0000:0000:0000:0000:0000:ffff:cb00:7102',
    '[::ffff:203.0.113.2]:443',
    '"[::ffff:cb00:7102]"',
    '64:ff9b::203.0.113.2',
    '64:FF9B::cb00:7102',
    '[64:ff9b:0:0:0:0:cb00:7102]:1',
    '::ffff:203.0.113.2%eth0',
  ])('takes %j for 203.0.113.2 (attacks, source 11, reports F3)', (text) => {
    expect(parseAddress(text)).toEqual({ bytes: [203, 0, 113, 2], text: '203.0.113.2' })
  })
  it.each([
    ['2001:db8::1', '2001:db8::1'],
    ['2001:db8:0:0::1', '2001:db8::1'],
    ['2001:0DB8:0000:0000:0000:0000:0000:0001', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['[2001:DB8::1]:443', '2001:db8::1'],
    ['"[2001:db8::1]:65535"', '2001:db8::1'],
    ['2001:db8::1:443', '2001:db8::1:443'],
    ['fe80::1%eth0', 'fe80::1'],
    ['[fe80::1%25wlan_0]:8080', 'fe80::1'],
    ['::', '::'],
    ['::1', '::1'],
    ['1::', '1::'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    // Neither mapped nor NAT64: these are addresses of their own
    ['::203.0.113.2', '::cb00:7102'],
    ['::fffe:203.0.113.2', '::fffe:cb00:7102'],
    ['64:ff9b:1::203.0.113.2', '64:ff9b:1::cb00:7102'],
  ])('has one spelling for %s', (text, canonical) => {
    expect(parseAddress(text)?.text).toBe(canonical)
    expect(parseAddress(canonical)).toEqual(parseAddress(text))
    expect(isIP(canonical)).toBe(6)
  })
  it.each([
    '',
    ' ',
    'unknown',
    '_hidden',
    '_hidden:443',
    'localhost',
    'app.example',
    '203.0.113',
    '203.0.113.256',
    '203.0.113.2.1',
    '010.0.0.1',
    '10.0.0.01',
    '0x0a.0.0.1',
    '167772161',
    '203.0.113.2:',
    '203.0.113.2:65536',
    '203.0.113.2:http',
    '203.0.113.2:_port',
    '203.0.113.2/32',
    '203.0.113.2%eth0',
    '[203.0.113.2]',
    '[203.0.113.2]:443',
    '2001:db8::1::2',
    '2001:db8:::1',
    '2001:db8::12345',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7',
    '2001:db8::g',
    '::ffff:203.0.113.256',
    '::ffff:010.0.0.1',
    '::ffff:203.0.113.2:80',
    '[2001:db8::1',
    '2001:db8::1]',
    '[2001:db8::1]443',
    '[2001:db8::1]:65536',
    '[]',
    '[]:443',
    '[[::1]]',
    '"203.0.113.2',
    '203.0.113.2"',
    '""203.0.113.2""',
    'for=203.0.113.2',
    '203.0.113.2 198.51.100.1',
    '203.0.113.2, 198.51.100.1',
    '203.0.113.2\u0000',
    '２０３.0.113.2',
    'fe80::1%',
    '%eth0',
    `fe80::1%${'x'.repeat(65)}`,
    ':'.repeat(5000),
    '1.'.repeat(5000),
  ])('takes %j for no address', (text) => {
    expect(parseAddress(text)).toBeUndefined()
    expect(networkOf(text)).toBe('unknown')
  })
})

describe('networkOf', () => {
  it.each([
    ['203.0.113.2:50000', '203.0.113.2'],
    ['::ffff:203.0.113.2', '203.0.113.2'],
    ['[2001:db8:5::1]:443', '2001:db8:5::/64'],
    ['2001:db8::1', '2001:db8::/64'],
    ['2001:db8:0:0::1', '2001:db8::/64'],
    ['2001:db8:0:0:ffff:ffff:ffff:ffff', '2001:db8::/64'],
    ['2001:DB8::', '2001:db8::/64'],
    ['2001:db8:0:1::1', '2001:db8:0:1::/64'],
    ['::1', '::/64'],
    ['1:2:3:4::', '1:2:3:4::/64'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4::/64'],
  ])('counts %s as %s (reports F3)', (text, network) => {
    expect(networkOf(text)).toBe(network)
  })
})

describe('isWithin', () => {
  const within = (address: string, network: string): boolean => {
    const [one, other] = [parseAddress(address), parseNetwork(network)]
    if (one === undefined || other === undefined) throw new Error(`${address} in ${network}`)
    return isWithin(one, other)
  }
  it.each([
    ['10.1.2.3', '10.0.0.0/8', true],
    ['10.1.2.3', '10.1.2.0/23', true],
    ['10.1.4.3', '10.1.2.0/23', false],
    ['10.1.2.3', '10.1.2.3', true],
    ['10.1.2.4', '10.1.2.3', false],
    ['11.1.2.3', '0.0.0.0/0', true],
    ['::ffff:a01:203', '10.0.0.0/8', true],
    ['10.1.2.3', '::ffff:10.0.0.0/104', true],
    ['11.1.2.3', '::ffff:10.0.0.0/104', false],
    ['10.1.2.3', '::ffff:10.1.2.3', true],
    ['2001:db8:1::1', '2001:db8::/32', true],
    ['2001:db9::1', '2001:db8::/32', false],
    ['2001:db8:8000::', '2001:db8::/33', false],
    ['::1', '::1', true],
    ['10.1.2.3', '::/0', false],
    ['::1', '0.0.0.0/0', false],
  ])('%s in %s: %s', (address, network, expected) => {
    expect(within(address, network)).toBe(expected)
  })
  it.each([
    '10.0.0.0/33',
    '::/129',
    '::ffff:10.0.0.0/80',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '10.0.0.1:80',
  ])('takes %s for no network', (text) => expect(parseNetwork(text)).toBeUndefined())
})
