/** The same app with Angular and its router, compiled in the browser and without zones. */
import '@angular/compiler'
import { HttpClient, provideHttpClient, withInterceptors } from '@angular/common/http'
import { Component, inject, provideZonelessChangeDetection } from '@angular/core'
import { bootstrapApplication } from '@angular/platform-browser'
import { provideRouter, Router, RouterOutlet } from '@angular/router'
import {
  injectAuth,
  keyhavenGuard,
  keyhavenInterceptor,
  provideKeyhaven,
} from '@keyhaven/client/angular'
import { access } from '../../../../examples/notes/access.ts'
import { auth, page, root } from './page.ts'

class Home {
  readonly auth = injectAuth<typeof access>()
}
class Private {
  readonly auth = injectAuth()
}
class App {
  constructor() {
    const router = inject(Router)
    page.go = (to) => void router.navigateByUrl(to)
    Object.assign(page, { http: inject(HttpClient) })
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
  template: '<p>secret of {{ auth.state().account?.email }}</p>',
})(Private)
Component({ selector: 'app-root', imports: [RouterOutlet], template: '<router-outlet />' })(App)
root.append(document.createElement('app-root'))
void bootstrapApplication(App, {
  providers: [
    provideZonelessChangeDetection(),
    provideKeyhaven(auth),
    provideHttpClient(withInterceptors([keyhavenInterceptor])),
    provideRouter([
      { path: 'private', component: Private, canMatch: [keyhavenGuard()] },
      { path: '**', component: Home },
    ]),
  ],
})
