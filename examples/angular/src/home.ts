import { Component, computed, CUSTOM_ELEMENTS_SCHEMA, effect, inject } from '@angular/core'
import { Router } from '@angular/router'
import { injectAuth } from '@keyhaven/client/angular'
import { Notes } from './notes'

@Component({
  selector: 'app-home',
  imports: [Notes],
  schemas: [CUSTOM_ELEMENTS_SCHEMA],
  template: `
    @switch (auth.state().status) {
      @case ('signed-in') {
        <app-notes />
      }
      @case ('signed-out') {
        <keyhaven-sign-in />
      }
      @default {
        <p class="loading">Loading …</p>
      }
    }
  `,
})
export class Home {
  readonly auth = injectAuth()
  private readonly router = inject(Router)
  private readonly person = computed(() => this.auth.state().account?.id)

  constructor() {
    // A private address shows this component to a visitor: matches it again for a person
    effect(() => {
      if (this.person())
        void this.router.navigateByUrl(this.router.url, { onSameUrlNavigation: 'reload' })
    })
  }
}
