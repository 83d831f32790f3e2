import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { createTransports } from './transport.ts'
import type { Transport } from './transport.ts'

interface Sent {
  readonly peer?: string
  readonly for?: string | string[]
  readonly proto?: string
}

const logged: string[] = []
const notUnderstood = (entry: string): void => void logged.push(entry)
const trusted = ['10.0.0.0/8', '2001:db8:ffff::/48', '::1']

function received({ peer = '10.0.0.1', for: hops, proto }: Sent): Transport {
  const incoming = {
    socket: { remoteAddress: peer },
    headers: { 'x-forwarded-for': hops, 'x-forwarded-proto': proto },
  }
  const { ofNode } = createTransports({ secure: true, trusted, notUnderstood })
  return ofNode(incoming as unknown as IncomingMessage)
}

describe('X-Forwarded-For', () => {
  it.each([
    ['203.0.113.2', '203.0.113.2'],
    ['203.0.113.2:50412', '203.0.113.2'],
    ['6.6.6.6, 203.0.113.2', '203.0.113.2'],
    ['6.6.6.6, 203.0.113.2, 10.9.9.9', '203.0.113.2'],
    ['203.0.113.2, 10.9.9.9:80, [2001:db8:ffff::7]:443, ::ffff:10.1.1.1', '203.0.113.2'],
    ['[2001:DB8:5::1]:443', '2001:db8:5::1'],
    ['64:ff9b::203.0.113.2', '203.0.113.2'],
    ['unknown, 203.0.113.2', '203.0.113.2'],
    [' , 203.0.113.2,,', '203.0.113.2'],
    ['10.3.3.3, 10.2.2.2', '10.3.3.3'],
    ['', '10.0.0.1'],
    ['203.0.113.2, unknown', 'unknown'],
    ['203.0.113.2, _hidden, 10.9.9.9', 'unknown'],
    ['203.0.113.2, 10.0.0.0.1', 'unknown'],
    ['203.0.113.2, 010.0.0.1', 'unknown'],
  ])('%j: the client is %s (attacks, reports F3)', (hops, address) => {
    expect(received({ for: hops }).address).toBe(address)
  })
  it('counts nothing that an untrusted peer wrote', () => {
    expect(received({ peer: '198.51.100.1', for: '203.0.113.2' }).address).toBe('198.51.100.1')
    expect(received({ peer: '::ffff:198.51.100.1', for: '10.0.0.2' }).address).toBe('198.51.100.1')
  })
  it('knows a trusted proxy in every spelling, and joins repeated headers in their order', () => {
    for (const peer of ['::ffff:10.0.0.1', '::FFFF:a00:1', '2001:db8:ffff:0::9', '::1']) {
      expect(received({ peer, for: ['6.6.6.6', '203.0.113.2', '10.4.4.4'] }).address).toBe(
        '203.0.113.2',
      )
    }
  })
  it('logs the first entry that it does not understand, and no other', () => {
    logged.length = 0
    const { ofNode } = createTransports({ secure: true, trusted, notUnderstood })
    for (const hops of ['203.0.113.2', `_${'x'.repeat(200)}`, 'unknown']) {
      const incoming = {
        socket: { remoteAddress: '10.0.0.1' },
        headers: { 'x-forwarded-for': hops },
      }
      ofNode(incoming as unknown as IncomingMessage)
    }
    expect(logged).toEqual([`_${'x'.repeat(63)}`])
  })
})

describe('X-Forwarded-Proto', () => {
  it.each([
    [{ for: '203.0.113.2', proto: 'https' }, false],
    [{ for: '203.0.113.2', proto: 'http' }, true],
    [{ for: '203.0.113.2', proto: 'HTTP' }, true],
    [{ for: '203.0.113.2' }, false],
    // One value is for the whole way
    [{ for: '203.0.113.2, 10.9.9.9', proto: 'https' }, false],
    [{ for: '203.0.113.2, 10.9.9.9', proto: 'http' }, true],
    // Several: the one that was written with the client's address
    [{ for: '203.0.113.2, 10.9.9.9', proto: 'https, http' }, false],
    [{ for: '203.0.113.2, 10.9.9.9', proto: 'http, https' }, true],
    [{ for: '6.6.6.6, 203.0.113.2, 10.9.9.9', proto: 'https, http, https' }, true],
    [{ for: '6.6.6.6, 203.0.113.2', proto: 'https, http' }, true],
    [{ for: '6.6.6.6, 203.0.113.2', proto: 'http, https' }, false],
    [{ for: 'unknown', proto: 'https, http' }, true],
    // Fewer values than addresses: one that is http is enough
    [{ for: '203.0.113.2, 10.9.9.9, 10.8.8.8', proto: 'https, http' }, true],
    [{ for: '203.0.113.2, 10.9.9.9, 10.8.8.8', proto: 'https, https' }, false],
    [{ proto: 'https, http' }, true],
    // What an untrusted peer wrote does not count
    [{ peer: '198.51.100.1', proto: 'https' }, true],
  ])('%j: may have been read on its way: %s', (sent, insecure) => {
    expect(received(sent).insecure !== undefined).toBe(insecure)
  })
})

describe('a request in clear', () => {
  it.each([
    [
      { peer: '172.30.0.5', proto: 'https' },
      'X-Forwarded-Proto: https came from 172.30.0.5, which KEYHAVEN_TRUST_PROXY does not name',
    ],
    [
      { peer: '172.30.0.5', proto: 'a\nb' },
      'X-Forwarded-Proto came from 172.30.0.5, which KEYHAVEN_TRUST_PROXY does not name',
    ],
    [
      { peer: '::ffff:172.30.0.5' },
      'plain http from 172.30.0.5, which KEYHAVEN_TRUST_PROXY does not name',
    ],
    [{ proto: 'http' }, 'the proxy 10.0.0.1 reported that its client used plain http'],
  ])('%j: the reason names the peer (operator 14)', (sent, reason) => {
    expect(received(sent).insecure).toBe(reason)
  })
  it('is undefined on a connection that the app itself encrypts', () => {
    const socket = { remoteAddress: '203.0.113.2', encrypted: true }
    const { ofNode } = createTransports({ secure: true, trusted, notUnderstood })
    const incoming = { socket, headers: {} } as unknown as IncomingMessage
    expect(ofNode(incoming).insecure).toBeUndefined()
  })
})

describe('a host in fetch style', () => {
  const { ofHost } = createTransports({ secure: true, trusted, notUnderstood })
  it.each([
    [{ address: '203.0.113.2:1' }, '203.0.113.2'],
    [{ address: 'elsewhere' }, 'unknown'],
    [{}, undefined],
    [undefined, undefined],
  ])('passes %j: the client is %s', (connection, address) => {
    expect(ofHost(connection).address).toBe(address)
  })
  it('passes something else, as frameworks do: the client is not known', () => {
    for (const other of [{ params: {} }, { address: { port: 1 } }, { socket: {} }, null]) {
      expect(ofHost(other as unknown as undefined).address).toBeUndefined()
    }
  })
})
