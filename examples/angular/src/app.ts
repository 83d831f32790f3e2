import { Component, computed } from '@angular/core'
import { RouterLink, RouterOutlet } from '@angular/router'
import { injectAuth } from '@keyhaven/client/angular'
import { report } from '../../look/report'
import { visibleToScripts } from '../../look/visible'

@Component({
  selector: 'app-root',
  imports: [RouterLink, RouterOutlet],
  template: `
    <div class="page">
      <header>
        <nav>
          <a routerLink="/">Notes</a>
          <a routerLink="/account">Account</a>
          @if (auth.state().account) {
            <button class="kh-button kh-quiet" (click)="report(auth.signOut())">Sign out</button>
          }
        </nav>
      </header>
      <main><router-outlet /></main>
      <footer>A script on this page can read: <code>{{ visible() }}</code></footer>
    </div>
  `,
})
export class App {
  readonly auth = injectAuth()
  readonly report = report
  readonly visible = computed(() => this.auth.state() && visibleToScripts())
}
