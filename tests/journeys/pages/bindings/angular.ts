/** The same app with Angular and its router, compiled in the browser and without zones. */
import '@angular/compiler'
import {
  HttpClient,
  HttpErrorResponse,
  provideHttpClient,
  withInterceptors,
} from '@angular/common/http'
import {
  Component,
  CUSTOM_ELEMENTS_SCHEMA,
  inject,
  provideZonelessChangeDetection,
} from '@angular/core'
import { bootstrapApplication } from '@angular/platform-browser'
import { provideRouter, Router, RouterOutlet } from '@angular/router'
import {
  injectAuth,
  keyhavenGuard,
  keyhavenInterceptor,
  provideKeyhaven,
} from '@keyhaven/client/angular'
import { firstValueFrom } from 'rxjs'
import { access } from '../../../../examples/notes/access.ts'
import { auth, note, page, root } from './page.ts'

class Home {
  readonly auth = injectAuth<typeof access>()
}
class Private {
  readonly auth = injectAuth()
  readonly kept = this.auth.state().account?.email
}
class Writing {}
class SignIn {
  readonly store = auth
}
class App {
  constructor() {
    const [router, http] = [inject(Router), inject(HttpClient)]
    page.go = (to) => void router.navigateByUrl(to)
    page.send = async (method) => {
      const body = method === 'GET' ? null : note
      const sent = http.request(method, '/api/notes', { body, observe: 'response' })
      return firstValueFrom(sent).then(
        ({ status }) => status,
        (error: unknown) => (error instanceof HttpErrorResponse ? error.status : -1),
      )
    }
    page.begin = (url) => {
      const reading = http.get(url).subscribe()
      return () => reading.unsubscribe()
    }
  }
}
Component({
  selector: 'app-home',
  template: `<p>status {{ auth.state().status }}</p>
    {{ auth.state().account ? 'signed in as ' + auth.state().account?.email : 'please sign in' }}
    {{ auth.can('notes:read') ? 'may read' : 'reads nothing' }}`,
})(Home)
Component({
  selector: 'app-private',
  template: '<p>secret of {{ auth.state().account?.email }}, kept of {{ kept }}</p>',
})(Private)
Component({ selector: 'app-writing', template: '<p>write here</p>' })(Writing)
Component({
  selector: 'app-sign-in',
  schemas: [CUSTOM_ELEMENTS_SCHEMA],
  template: '<keyhaven-sign-in [auth]="store" />',
})(SignIn)
Component({ selector: 'app-root', imports: [RouterOutlet], template: '<router-outlet />' })(App)
root.append(document.createElement('app-root'))
void bootstrapApplication(App, {
  providers: [
    provideZonelessChangeDetection(),
    provideKeyhaven(auth),
    provideHttpClient(withInterceptors([keyhavenInterceptor])),
    provideRouter([
      { path: 'private', component: Private, canMatch: [keyhavenGuard()] },
      { path: 'private', component: SignIn },
      {
        path: 'writing',
        component: Writing,
        canMatch: [keyhavenGuard<typeof access>('notes:add')],
      },
      { path: '**', component: Home },
    ]),
  ],
})
