import { returnTarget } from '@keyhaven/client'

/** Gives the element of a page what only its visit knows, before the element is defined. */

const languages = navigator.languages.map((one) => one.slice(0, 2))
document.documentElement.lang = languages.find((one) => /^(en|de)$/.test(one)) ?? 'en'

const element = document.querySelector('main > *')
// The service is one level above its pages
element?.setAttribute('url', new URL('..', location.href).pathname)
const target = new URLSearchParams(location.search).get('return')
if (target !== null) element?.setAttribute('return', target)

const brand = document.title
addEventListener('keyhaven-view', () => {
  // A dialog has a title too
  const title = document.querySelector('main h1')?.textContent
  // The service's own paths are known once its store is there
  document.querySelector('header a')?.setAttribute('href', returnTarget(target))
  document.title = title ? `${title} · ${brand}` : brand
})
addEventListener('keyhaven-signed-out', () => location.assign(`signed-out${location.search}`))
