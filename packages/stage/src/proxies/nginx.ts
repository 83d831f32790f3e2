import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, root, run, until } from '../processes/process.ts'

/** A running nginx. */
export interface Nginx {
  readonly address: string
  close(): Promise<void>
}

/** Starts a real nginx with these directives in its one server, on a port of its own. */
export async function startNginx(server: (folder: string) => string, http = ''): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), 'keyhaven-nginx-'))
  const port = await freePort()
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  const configuration = `
    daemon off; master_process off; pid ${folder}/pid; error_log stderr;
    ${process.getuid?.() === 0 ? 'user root;' : ''}
    events { worker_connections 256; }
    http {
      access_log off;
      ${paths.map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
      ${http.replaceAll('FOLDER', folder)}
      server { listen 127.0.0.1:${port}; ${server(folder)} }
    }`
  writeFileSync(join(folder, 'nginx.conf'), configuration)
  const nginx = run(['/usr/sbin/nginx', '-p', folder, '-c', join(folder, 'nginx.conf')])
  const address = `http://127.0.0.1:${port}`
  const listens = (): Promise<boolean> =>
    fetch(address, { redirect: 'manual' }).then(
      () => true,
      () => false,
    )
  await until('nginx listens', listens).catch((error) => {
    throw new Error(`${String(error)}\n${nginx.output()}`)
  })
  return {
    address,
    close: async () => {
      await nginx.stop('SIGTERM')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Ports of this machine, in place of those of `deploy/nginx/keyhaven.conf`. */
interface Places {
  readonly services: readonly [number, number]
  readonly http: number
  readonly https: number
  /** The folder with `certificate.pem` and `key.pem`. */
  readonly folder: string
}

/** The example of `deploy/nginx`, with the ports of this machine. */
export function nginxExample({ services, http, https, folder }: Places): string {
  const changes: readonly (readonly [string, string])[] = [
    ['keyhaven-1:4000', `127.0.0.1:${services[0]}`],
    ['keyhaven-2:4000', `127.0.0.1:${services[1]}`],
    ['listen 80;', `listen 127.0.0.1:${http};`],
    ['listen [::]:80;', `listen [::1]:${http};`],
    ['listen 443 ssl', `listen 127.0.0.1:${https} ssl`],
    ['listen [::]:443 ssl', `listen [::1]:${https} ssl`],
    ['/etc/keyhaven/fullchain.pem', join(folder, 'certificate.pem')],
    ['/etc/keyhaven/privkey.pem', join(folder, 'key.pem')],
  ]
  const text = readFileSync(join(root, 'deploy/nginx/keyhaven.conf'), 'utf8')
  return changes.reduce((so, [from, to]) => {
    if (!so.includes(from)) throw new Error(`the example of nginx has no ${from}`)
    return so.replace(from, to)
  }, text)
}
