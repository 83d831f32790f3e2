import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, run, until } from '../processes/process.ts'
import { readMail } from './read-mail.ts'
import type { ReadMail } from './read-mail.ts'

/** Debian's aiosmtpd: a mail server that shares no code with the one in `mail-server.ts`. */
export interface Aiosmtpd {
  readonly port: number
  readonly mails: () => readonly ReadMail[]
  stop(): Promise<void>
}

const PROGRAM = '/usr/bin/aiosmtpd'

/** Starts aiosmtpd on every address of this machine. It accepts mails over STARTTLS only. */
export async function startAiosmtpd(own: {
  readonly key: string
  readonly certificate: string
}): Promise<Aiosmtpd> {
  if (!existsSync(PROGRAM)) {
    throw new Error(
      'aiosmtpd is missing: run npm test once, or `apt-get install python3-aiosmtpd`.',
    )
  }
  const folder = mkdtempSync(join(tmpdir(), 'keyhaven-aiosmtpd-'))
  const [key, certificate, box] = ['key.pem', 'certificate.pem', 'box'].map((name) =>
    join(folder, name),
  ) as [string, string, string]
  writeFileSync(key, own.key, { mode: 0o600 })
  writeFileSync(certificate, own.certificate)
  const port = await freePort()
  const tls = ['--tlscert', certificate, '--tlskey', key]
  const to = ['-c', 'aiosmtpd.handlers.Mailbox', box]
  const server = run([PROGRAM, '-n', '-d', '-l', `0.0.0.0:${port}`, ...tls, ...to])
  await until('aiosmtpd listens', () => /Server is listening/.test(server.output()))
  return {
    port,
    mails: () =>
      globSync(join(box, 'new', '*'))
        .map((file) => readFileSync(file, 'utf8'))
        .map((text) => readMail(text.replace(/\r?\n/g, '\r\n'))),
    stop: async () => {
      await server.stop('SIGINT')
      rmSync(folder, { recursive: true })
    },
  }
}
