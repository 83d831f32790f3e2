/**
 * Variables that a platform injects, not an operator. Kubernetes gives every pod a set of them for
 * each Service in its namespace; those of a Service `keyhaven` or `keyhaven-db` begin like our
 * settings.
 */
const FORMS = [
  /^KEYHAVEN_(?:\w+_)?SERVICE_HOST$/,
  /^KEYHAVEN_(?:\w+_)?SERVICE_PORT(?:_\w+)?$/,
  /^KEYHAVEN_(?:\w+_)?PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?$/,
]

/** `KEYHAVEN_PORT` is a setting too; only its value shows whether Kubernetes set it. */
const ADDRESS = /^(?:tcp|udp|sctp):\/\//i

/** Whether the platform injected this variable, judged by its name and value. */
export function isPlatformVariable(name: string, value: string): boolean {
  return (
    FORMS.some((form) => form.test(name)) ||
    (/^KEYHAVEN_(?:\w+_)?PORT$/.test(name) && ADDRESS.test(value))
  )
}
