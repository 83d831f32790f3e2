/** A page that signs in with the client and calls the API with axios and Angular's HttpClient, as they are. */
import '@angular/compiler'
import { HttpClient, provideHttpClient } from '@angular/common/http'
import { provideZonelessChangeDetection } from '@angular/core'
import { createApplication } from '@angular/platform-browser'
import { createAuth } from '@keyhaven/client'
import type { Auth } from '@keyhaven/client'
import axios from 'axios'
import { firstValueFrom } from 'rxjs'

/** What a test finds on the page: each adds a note, by a path or by a whole address, and tells the status. */
export interface HttpClientsPage {
  readonly auth: Auth
  axios(url: string): Promise<number>
  angular(url: string): Promise<number>
}

const note = { text: 'written by another library' }
const application = createApplication({
  providers: [provideHttpClient(), provideZonelessChangeDetection()],
})
const page: HttpClientsPage = {
  auth: createAuth(),
  axios: async (url) => (await axios.post(url, note)).status,
  angular: async (url) => {
    const { injector } = await application
    const answer = injector.get(HttpClient).post(url, note, { observe: 'response' })
    return (await firstValueFrom(answer)).status
  },
}
page.auth.subscribe(() => {
  document.body.dataset['status'] = page.auth.state.status
})
Object.assign(globalThis, { page })
