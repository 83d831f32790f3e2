import { startNginx } from './nginx.ts'
import type { Nginx } from './nginx.ts'

/**
 * Starts nginx in front of services on these ports, with short time-outs, and 503 if none answers. `X-Served-By`
 * names the service that answered. Services that trust this proxy use the client address that a test sends.
 */
export function startBalancer(ports: readonly number[]): Promise<Nginx> {
  const servers = ports.map((port) => `server 127.0.0.1:${port} max_fails=1 fail_timeout=1s;`)
  return startNginx(
    () => `
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_connect_timeout 1s;
      proxy_read_timeout 6s;
      proxy_buffering off;
      add_header X-Served-By $upstream_addr;
      error_page 502 504 =503 @away;
      location /auth/ {
        proxy_pass http://keyhaven;
        proxy_next_upstream error timeout;
        proxy_next_upstream_tries 2;
      }
      # Nginx would send a PUT again: the first may have given this session another cookie
      location ~ ^/auth/accounts/[^/]+/password$ {
        proxy_pass http://keyhaven;
        proxy_next_upstream off;
      }
      location @away {
        internal;
        default_type application/problem+json;
        add_header Retry-After 1 always;
        return 503 '{"status":503,"code":"unavailable"}';
      }`,
    `upstream keyhaven { ${servers.join(' ')} keepalive 32; }`,
  )
}
