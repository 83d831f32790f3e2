import 'reflect-metadata'
import { createHash, randomUUID, webcrypto } from 'node:crypto'
import { once } from 'node:events'
import { request as forward } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import { isIP } from 'node:net'
import type { AddressInfo } from 'node:net'
import * as x509 from '@peculiar/x509'

/** Answers the requests for one host, by itself or as a proxy. */
export type Site = (request: IncomingMessage, response: ServerResponse) => void

/** Several https hosts on this machine, with a certificate that the flags make a browser trust. */
export interface HttpsSites {
  /** Flags for Chromium: the addresses of the hosts, and the key to trust. */
  readonly flags: readonly string[]
  close(): void
}

/** Serves each host by name; all host names end in `.test`. */
export async function serveSites(sites: Readonly<Record<string, Site>>): Promise<HttpsSites> {
  const { key, certificate, fingerprint } = await makeCertificate(Object.keys(sites))
  const server = createServer({ key, cert: certificate }, (request, response) => {
    const site = sites[request.headers.host ?? '']
    if (site) site(request, response)
    else response.writeHead(404).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    flags: [
      `--host-resolver-rules=MAP *.test:443 127.0.0.1:${port}`,
      `--ignore-certificate-errors-spki-list=${fingerprint}`,
    ],
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** A proxy in front of a service, which reports https as the browser's protocol. */
export function proxyTo(address: string): Site {
  const { hostname, port } = new URL(address)
  return (request, response) => {
    const headers = { ...request.headers, 'x-forwarded-proto': 'https' }
    const { method, url: path } = request
    const onward = forward({ hostname, port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
      answer.pipe(response)
    })
    onward.on('error', () => response.writeHead(502).end())
    request.pipe(onward)
  }
}

/** Makes a self-signed certificate for these names and addresses, with its key, as PEM. */
export async function makeCertificate(hosts: readonly string[]) {
  x509.cryptoProvider.set(webcrypto as Crypto)
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    // Of two authorities with one name a client would try only one
    name: `CN=keyhaven tests ${randomUUID()}`,
    keys: keys as CryptoKeyPair,
    signingAlgorithm: algorithm,
    notAfter: new Date(Date.now() + 86_400_000),
    extensions: [
      new x509.SubjectAlternativeNameExtension(
        hosts.map((value) => ({
          type: isIP(value) > 0 ? ('ip' as const) : ('dns' as const),
          value,
        })),
      ),
    ],
  })
  const spki = Buffer.from(await webcrypto.subtle.exportKey('spki', keys.publicKey))
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey))
  return {
    key: `-----BEGIN PRIVATE KEY-----\n${pkcs8.toString('base64')}\n-----END PRIVATE KEY-----\n`,
    certificate: certificate.toString('pem'),
    fingerprint: createHash('sha256').update(spki).digest('base64'),
  }
}
